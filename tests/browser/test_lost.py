"""The page for addresses that do not exist."""


class TestLostReaders:
    def test_page_not_found(self, page, site):
        """
        An address that does not exist, however deep, gives a page with all its styles and links.
        """
        failed = []
        page.on("response", lambda response: response.ok or failed.append(response.url))
        address = f"{site}/no/such/page.html"

        page.goto(address)

        assert failed == [address]
        assert page.locator("h1").inner_text() == "Page not found"
        page.locator("article a").first.click()
        assert page.title().startswith("RNN Guide: ")
