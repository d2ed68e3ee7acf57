"""The list of messages: its filter, and the addresses that sections had before."""

import pytest

ADDRESS = "errors/index.html"
LINES = ".error-list li li"
STATUS = ".filter [role=status]"
SAYS = f"(text) => document.querySelector('{STATUS}').textContent.includes(text)"


def visible(page):
    """Return the number of lines in sight."""
    return page.locator(f"{LINES}:visible").count()


@pytest.fixture
def listed(page, site):
    """Open the list."""
    page.goto(f"{site}/{ADDRESS}")
    return page


def test_links_beside_a_label_are_underlined(listed):
    """
    Where a label stands in the line of a link, they differ by more than their colours.
    """
    links = listed.locator(".error-list p:has(.error-label) > a")
    lines = "(links) => links.map((link) => getComputedStyle(link).textDecorationLine)"

    assert links.count() > 20
    assert set(links.evaluate_all(lines)) == {"underline"}


class TestFilter:
    def test_words_and_labels_choose(self, listed):
        """
        Words and a label choose lines together, a status says how many, and Escape empties.
        """
        field = listed.get_by_role("searchbox", name="Filter")
        chip = listed.locator(".filter-chip.warns")
        every = visible(listed)

        field.fill("target size")
        found = visible(listed)
        assert 1 < found < every
        listed.wait_for_function(SAYS, arg=f"{found} of {every} messages")
        chip.click()
        assert chip.get_attribute("aria-pressed") == "true"
        assert visible(listed) == 1

        field.press("Escape")
        assert field.input_value() == ""
        assert visible(listed) == int(chip.locator("b").text_content())
        chip.press("Enter")
        assert visible(listed) == every
        listed.wait_for_function(
            f"(text) => document.querySelector('{STATUS}').textContent === text",
            arg=f"{every} messages",
        )

    def test_nothing_found_says_so(self, listed):
        """
        Words that no message holds leave no page's name either, and the status says what helps.
        """
        listed.get_by_role("searchbox", name="Filter").fill("banana")
        listed.wait_for_function(SAYS, arg="box above")

        assert listed.locator(".error-list > li:visible").count() == 0

    def test_without_scripts_the_list_is_whole(self, chromium, site):
        """
        Without scripts each line is there, and no field that does nothing.
        """
        with chromium.new_context(java_script_enabled=False) as context:
            page = context.new_page()
            page.goto(f"{site}/{ADDRESS}")

            assert visible(page) == page.locator(LINES).count() > 150
            assert not page.locator(".filter").is_visible()

    def test_is_at_most_six_screens(self, listed):
        """
        At 1280 x 800 the list takes six screens.
        """
        listed.set_viewport_size({"width": 1280, "height": 800})

        assert listed.evaluate("document.querySelector('article').scrollHeight") <= 6 * 800

    def test_fits_320_pixels(self, listed):
        """
        On the narrowest screen messages break, and nothing scrolls sideways.
        """
        listed.set_viewport_size({"width": 320, "height": 700})

        assert listed.evaluate("document.documentElement.scrollWidth") == 320


class TestNavigation:
    def test_groups_fold_and_names_are_short(self, listed):
        """
        Below the entry of the list stand its groups, shut, and each page takes one line of them.
        """
        groups = listed.locator("nav.ways > ul details")
        assert groups.locator("a:visible").count() == 0

        listed.set_viewport_size({"width": 1280, "height": 800})
        heights = groups.evaluate_all(
            """(groups) => groups.flatMap((group) => {
              group.open = true;
              return [...group.querySelectorAll("a")].map(
                (link) => [link.textContent, Math.round(link.getBoundingClientRect().height)]);
            })"""
        )
        assert len(heights) > 30
        assert [name for name, height in heights if height > 32] == []


class TestMoved:
    def test_old_address_leads_to_the_section(self, page, site):
        """
        The address of a section that has moved opens its new page, there.
        """
        page.goto(f"{site}/errors/layer.html#error-hidden-rows")
        page.wait_for_url("**/errors/state-rows.html#error-hidden-rows")

        assert page.locator("#error-hidden-rows").is_visible()

    def test_address_of_an_old_page_leads_to_the_new_one(self, page, site):
        """
        A page that is gone opens the one in its place, with the section that was asked for.
        """
        page.goto(f"{site}/explanation/trust-and-speed.html#here")
        page.wait_for_url("**/explanation/trust.html#here")

        assert page.locator("h1").is_visible()
