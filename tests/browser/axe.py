"""What axe-core finds in a page."""

from collections.abc import Mapping
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

COLOURS = ["color-contrast", "link-in-text-block"]  # all that depends on the scheme
ONLY_COLOURS = {"runOnly": COLOURS}
NO_COLOURS = {"rules": {rule: {"enabled": False} for rule in COLOURS}}
ALL, FRAME = {"include": ["html"]}, {"exclude": ["article"]}  # the colours of a text have no width
ONE_TOKEN_OF_A_KIND = """() => {  // or axe compares the colours of thousands of equal ones
  const seen = new Set();
  for (const token of document.querySelectorAll("pre:not(:has(a)) span[class]")) {
    if (seen.has(token.className)) token.replaceWith(...token.childNodes);
    seen.add(token.className);
  }
}"""


def faults(
    page: Page, where: Mapping[str, Any] = ALL, options: Mapping[str, Any] = {}
) -> list[str]:
    """Return each fault, with the element that has it."""
    page.evaluate("new Promise((done) => setTimeout(done, 50))")  # for "resize"
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
        page.evaluate(ONE_TOKEN_OF_A_KIND)
    result = page.evaluate(
        "([where, options]) => axe.run(where, options)",
        [where, {"resultTypes": ["violations"], **options}],
    )
    return [
        f"{fault['id']}: {node['html']}"
        for fault in result["violations"]
        for node in fault["nodes"]
    ]
