"""The built site as a browser gets it."""

import http.server
import tomllib
from urllib.parse import urlsplit

from built import HTML, PAGES, ROOT
from playwright.sync_api import Browser, BrowserContext

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
#: The pages of each edition.
CHINESE = [page for page in PAGES if page.startswith("zh-cn/")]
ENGLISH = [page for page in PAGES if page not in CHINESE]
PREFIX = urlsplit(PROJECT["urls"]["Documentation"]).path
QUIET = (  # Chromium makes no request of its own
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
)


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serve the site below the path that it has on its host, with its page for lost readers."""

    def translate_path(self, path: str) -> str:
        """Return the file for a path."""
        return super().translate_path("/" + path.removeprefix(PREFIX))

    def send_error(self, code: int, *arguments: object) -> None:
        """Answer with the page for lost readers."""
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((HTML / "404.html").read_bytes())

    def log_message(self, *arguments: object) -> None:
        """Keep the output of the tests free of requests."""


def open_context(chromium: Browser) -> BrowserContext:
    """Return a fresh context, which has visited nothing and may use the clipboard."""
    return chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
