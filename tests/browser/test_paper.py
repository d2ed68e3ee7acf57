"""What the pages look like on paper."""


class TestPage:
    def test_prints_the_text_alone(self, page, site):
        """
        Paper gets no sidebars and no buttons, light colours, and no code that is cut.
        """
        page.emulate_media(media="print", color_scheme="dark")
        page.goto(f"{site}/how-to/split-output.html")

        for hidden in ("aside", "footer", "button", "nav"):
            assert not any(element.is_visible() for element in page.locator(hidden).all())
        style = "getComputedStyle(document.querySelector('pre')).whiteSpace"
        assert page.evaluate(style) == "pre-wrap"
        colour = "getComputedStyle(document.body).backgroundColor"
        assert page.evaluate(colour) == "rgb(255, 255, 255)"


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
