"""What the pages look like on paper."""


class TestCard:
    def test_message_stands_below_its_label(self, page, site):
        """
        The message of a card keeps the room at its side, which other headings lose on paper.
        """
        page.emulate_media(media="print")
        page.goto(f"{site}/errors/state-sizes.html")
        card = page.locator(".error-card").first

        label = card.locator(".card-label").first.bounding_box()
        message = card.locator(":is(h2, h3) code").first.bounding_box()

        assert message["x"] == label["x"]
