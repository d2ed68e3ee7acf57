"""Each Chinese page once: what differs from its English twin is how wide its texts are."""

import gzip

import pytest
from axe import ALL, faults
from playwright.sync_api import expect
from server import CHINESE, open_context

SIZES = [{"width": 1280, "height": 800}, {"width": 375, "height": 800}]
SCHEMES = ["light", "dark"]
#: Each page in one of four ways, by its place in the list.
WAYS = [(page, SIZES[n % 2], SCHEMES[n // 2 % 2]) for n, page in enumerate(CHINESE)]


def test_explorer_has_spaces_between_names(page, site):
    """
    A Chinese word between two Latin names has spaces, and sentences have none between them.
    """
    page.goto(f"{site}/zh-cn/explorer.html#kind=LSTM")
    expect(page.locator("[data-numbers]")).to_contain_text("h_n 和 c_n")

    page.locator("summary", has_text="粘贴").click()
    page.locator("#explorer-paste").fill("nn.LSTM(300, foo)")
    page.locator("[data-paste]").click()
    said = page.locator("[data-pasted]")
    expect(said).to_contain_text("。没有对应的输入项")


@pytest.mark.parametrize(("path", "size", "scheme"), WAYS, ids=CHINESE)
def test_is_light_and_without_faults(path, size, scheme, chromium, site):
    """
    A first visit asks no other host, takes at most 60 kB and 20 requests, and axe finds nothing.
    """
    with open_context(chromium) as context:
        page, responses = context.new_page(), []
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        page.on("response", lambda response: responses.append(response))
        page.goto(f"{site}/{path}", wait_until="load")
        sent = {response.url: len(gzip.compress(response.body())) for response in responses}

        assert [r.url for r in responses if not r.url.startswith((site, "data:"))] == []
        assert [r.url for r in responses if not r.ok] == []
        assert 0 < len(responses) <= 20, sent
        assert sum(sent.values()) <= 60_000, sent
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert faults(page, ALL, {}) == []
