"""The switch between the editions, and that it is remembered."""

import pytest
from server import open_context

WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}

#: How many lines the text of an element has.
LINES = """(element) => {
  const text = document.createRange();
  text.selectNodeContents(element);
  return new Set([...text.getClientRects()].map(({ top }) => top)).size;
}"""


@pytest.fixture(params=[WIDE, PHONE], ids=["wide", "phone"])
def reader(request, page):
    """Return a page of a size."""
    page.set_viewport_size(request.param)
    return page


def switch(page):
    """Return the one switch that is shown."""
    return page.locator("[data-edition]:visible")


def language(page):
    """Return the language of a page."""
    return page.evaluate("document.documentElement.lang")


class TestSwitch:
    def test_leads_to_the_same_page_and_section(self, reader, site):
        """
        What stands behind "?" and "#" stays, there and back.
        """
        place = "how-to/different-lengths.html?from=here#order-of-packed-sequences"
        reader.goto(f"{site}/{place}")
        for edition, folder in (("zh-CN", "zh-cn/"), ("en", "")):
            assert switch(reader).count() == 1
            switch(reader).click()
            reader.wait_for_url(f"{site}/{folder}{place}")
            assert language(reader) == edition

    @pytest.mark.parametrize("width", [320, 820, 1280])
    def test_stands_there_once(self, width, page, site):
        """
        In the head of a narrow page, beside the title of a wide one.
        """
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{site}/explorer.html")

        assert switch(page).count() == 1

    def test_keeps_what_is_filled_in(self, reader, site):
        """
        The explorer shows the same layer in each language.
        """
        reader.goto(f"{site}/explorer.html")
        reader.locator("#shape-explorer [name=hidden_size]").fill("11")
        reader.wait_for_url("**hidden_size=11**")

        switch(reader).click()
        reader.wait_for_url("**/zh-cn/explorer.html#**")

        assert reader.locator("#shape-explorer [name=hidden_size]").input_value() == "11"

    @pytest.mark.parametrize("folder", ["", "zh-cn/"], ids=["English", "Chinese"])
    def test_stands_in_one_line(self, folder, page, site):
        """
        Beside every button that a head can have, neither name breaks on the narrowest phone.
        """
        page.set_viewport_size({"width": 320, "height": 640})
        page.goto(f"{site}/{folder}how-to/split-states.html")

        for name in (switch(page), page.locator(".header-center .brand")):
            assert name.evaluate(LINES) == 1
        assert page.evaluate("document.documentElement.scrollWidth") == 320

    def test_works_where_nothing_may_be_kept(self, page, site):
        """
        A browser that forbids to keep anything follows the switch all the same, without an error.
        """
        errors = []
        page.on("pageerror", lambda error: errors.append(error))
        page.add_init_script(
            "Object.defineProperty(window, 'localStorage', {get() { throw new Error('no'); }})"
        )
        page.goto(f"{site}/reference/shapes.html")

        switch(page).click()
        page.wait_for_url("**/zh-cn/reference/shapes.html")

        assert not [error for error in errors if "/languages/" in (error.stack or "")]  # not furo's

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_works_by_keyboard(self, scheme, reader, site):
        """
        Tab reaches it, one sees where the focus is, and Enter follows it; a finger hits it.
        """
        reader.emulate_media(color_scheme=scheme)
        reader.goto(f"{site}/how-to/split-output.html")
        link = switch(reader)
        link.evaluate("""(link) => {  // as if one had come to what stands in front of it
          const all = [...document.querySelectorAll("a, button, input, [tabindex='0']")]
            .filter((node) => node.checkVisibility({ visibilityProperty: true }));
          all[all.indexOf(link) - 1].focus();
        }""")

        reader.keyboard.press("Tab")

        assert link.evaluate("(link) => link === document.activeElement")
        outline = link.evaluate(
            "(link) => [getComputedStyle(link).outlineStyle, getComputedStyle(link).outlineWidth]"
        )
        assert outline[0] != "none"
        assert float(outline[1].removesuffix("px")) >= 2
        box = link.bounding_box()
        assert min(box["width"], box["height"]) >= 24
        reader.keyboard.press("Enter")
        reader.wait_for_url(f"{site}/zh-cn/how-to/split-output.html")

    def test_needs_no_script(self, chromium, site):
        """
        Without scripts it leads to the same page.
        """
        with chromium.new_context(java_script_enabled=False) as context:
            page = context.new_page()
            page.goto(f"{site}/how-to/split-output.html")
            switch(page).click()
            page.wait_for_url(f"{site}/zh-cn/how-to/split-output.html")


class TestMemory:
    @pytest.fixture
    def chosen(self, chromium, site):
        """Return a context of a reader who has gone to the Chinese edition."""
        with open_context(chromium) as context:
            page = context.new_page()
            page.goto(f"{site}/how-to/split-output.html")
            switch(page).click()
            page.wait_for_url(f"{site}/zh-cn/how-to/split-output.html")
            page.close()
            yield context

    def test_first_page_leads_there(self, chosen, site):
        """
        Who comes back from outside to the first page is led to the edition that was chosen.
        """
        for first in ("/", "/index.html"):
            page = chosen.new_page()
            page.goto(f"{site}{first}")
            page.wait_for_url(f"{site}/zh-cn/**")
            assert language(page) == "zh-CN"

    @pytest.mark.parametrize("place", ["how-to/split-output.html", "explorer.html", "#install"])
    def test_other_addresses_are_kept(self, place, chosen, site):
        """
        Who follows a link to a page or a section gets what it says.
        """
        page = chosen.new_page()
        page.goto(f"{site}/{place}")
        page.wait_for_load_state()

        assert page.url == f"{site}/{place}"
        assert language(page) == "en"

    def test_links_inside_are_kept(self, chosen, site):
        """
        Who goes to the first page from another page of an edition stays in it.
        """
        page = chosen.new_page()
        page.goto(f"{site}/how-to/split-output.html")
        page.evaluate(f"location.href = '{site}/index.html'")
        page.wait_for_url(f"{site}/index.html")
        page.wait_for_load_state()

        assert language(page) == "en"

    def test_the_last_choice_holds(self, chosen, site):
        """
        Who goes back to English is led to English, from the first page of the other edition too.
        """
        page = chosen.new_page()
        page.goto(f"{site}/zh-cn/how-to/split-output.html")
        switch(page).click()
        page.wait_for_url(f"{site}/how-to/split-output.html")
        other = chosen.new_page()
        other.goto(f"{site}/zh-cn/")
        other.wait_for_url(f"{site}/index.html")

        assert language(other) == "en"

    def test_nothing_is_led_before_a_choice(self, page, site):
        """
        A first visit stays where it is.
        """
        for folder, tag in (("", "en"), ("zh-cn/", "zh-CN")):
            page.goto(f"{site}/{folder}")
            page.wait_for_load_state()
            assert page.url == f"{site}/{folder}"
            assert language(page) == tag
