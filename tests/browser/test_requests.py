"""What a page asks for."""

import pytest
from conftest import HTML

pytestmark = pytest.mark.browser
PAGES = sorted(path.relative_to(HTML).as_posix() for path in HTML.rglob("*.html"))


class TestRequests:
    @pytest.mark.parametrize("address", PAGES)
    def test_no_request_leaves_the_site(self, address, page, site):
        """
        A page asks no other host for anything.
        """
        asked = []
        page.on("request", lambda request: asked.append(request.url))

        page.goto(f"{site}/{address}", wait_until="networkidle")

        assert asked
        assert [url for url in asked if not url.startswith((site, "data:"))] == []
