"""The address of the explorer: it holds what stands in the fields, and is read tolerantly."""

from urllib.parse import urlencode

import pytest
from driver import DRIVE, for_readers
from playwright.sync_api import expect

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "';alert(1);//",
    "${alert(1)}",
    "{value}{cause}",
    "-1",
    "NaN",
    "Infinity",
    "1e309",
    "__proto__",
    "%00",
    "\u202etxt",
)


def fields_of(page) -> dict[str, str]:
    """Return what stands in the form, as an address has it."""
    return page.evaluate("""() => Object.fromEntries(
      [...document.getElementById("shape-explorer").elements].filter((e) => e.name)
        .map((e) => [e.name, e.type === "checkbox" ? String(e.checked) : e.value]))""")


class TestAddress:
    @for_readers(4)
    def test_holds_the_state(self, explorer, page, chromium, values):
        """
        A link opens the same answer elsewhere.
        """
        expected = explorer(**values)
        page.wait_for_timeout(50)
        other = chromium.new_page()
        other.goto(page.url)

        assert other.evaluate(DRIVE, [{}, False]) == expected
        other.close()

    def test_pasted_into_the_open_page(self, explorer, page):
        """An address that is pasted into the open page fills in the form."""
        page.evaluate("location.hash = 'kind=GRU&seq_len=9'")

        page.wait_for_function("document.querySelector('[data-layer]').textContent.includes('GRU')")
        assert explorer()["tensors"]["output"] == "(9, 4, 5)"

    def test_keeps_the_last_good_state(self, explorer, page):
        """A wrong value does not get into the address."""
        explorer(kind="GRU", bidirectional=True)
        page.wait_for_function("location.hash.includes('bidirectional=True')")
        good = page.url

        explorer(hidden_size=0)
        page.wait_for_function("document.querySelector('[role=status]').textContent !== ''")

        assert page.url == good

    def test_hostile_value_is_text(self, explorer, page, site):
        """
        Whatever stands in an address becomes a refused value at most: no markup, no code.
        """
        page.add_init_script("window.alert = () => { window.hacked = true; }")
        names = page.eval_on_selector_all("#shape-explorer [name]", "es => es.map(e => e.name)")
        elements = "document.querySelectorAll('.explorer *').length"
        plain = page.evaluate(elements)

        for value in HOSTILE:
            query = urlencode(dict.fromkeys(names, value))
            for address in (f"#{query}", f"?{query}#{value}"):
                page.goto("about:blank")
                page.goto(f"{site}/explorer.html{address}")

                page.wait_for_function(f"{elements} === {plain}")  # all is drawn, and no more
                assert page.evaluate("window.hacked") is None
                answer = explorer()
                assert answer["tensors"]["output"] == "(7, 4, 5)"
                assert answer["code"].count("\n") == 4

    def test_huge_numbers_do_not_hang(self, explorer, page, site):
        """
        A number of an address is cut to what the field takes, and lists are cut too.
        """
        sizes = dict.fromkeys(("num_layers", "seq_len", "input_size", "hidden_size"), "9" * 5000)
        page.goto("about:blank")
        page.goto(f"{site}/explorer.html#{urlencode(sizes)}")

        assert explorer()["tensors"]["h_n"] == str((10**18 - 1, 4, 10**18 - 1))
        assert len(explorer()["rows"]) == 8

    @pytest.mark.parametrize("address", ["?kind=lstm", "#kind=lstm", "?KIND=nn.LSTM&seq_len=7"])
    def test_is_tolerant(self, address, explorer, page, site):
        """An address as people write it is understood."""
        page.goto("about:blank")
        page.goto(f"{site}/explorer.html{address}")

        assert explorer()["layer"].startswith("torch.nn.LSTM")
        expect(page.locator(".unread")).to_be_hidden()

    def test_outlives_the_query(self, explorer, page, site):
        """
        What an address said at first does not come back when the page is loaded again.
        """
        page.goto("about:blank")
        page.goto(f"{site}/explorer.html?num_layers=3&hidden_dim=9")
        assert explorer()["tensors"]["h_n"] == "(3, 4, 9)"
        explorer(num_layers=2)
        page.wait_for_function("!location.href.includes('num_layers')")

        page.reload()
        assert explorer()["tensors"]["h_n"] == "(2, 4, 9)"

    def test_says_what_it_does_not_understand(self, explorer, page, site):
        """What is not understood stands above the answer, as text."""
        page.goto("about:blank")
        page.goto(f"{site}/explorer.html#kind=<b>x</b>&h0=3&seq_len=9")

        expect(page.get_by_role("alert")).to_have_text(
            "Not understood in the address: kind=<b>x</b>, h0=3. "
            "The answer is for what stands in the form."
        )
        assert explorer()["tensors"]["input"] == "(9, 4, 3)"

    def test_back_undoes_a_preset(self, explorer, page):
        """After a preset, Back gives the fields as they were, and Forward the preset."""
        explorer(kind="GRU", seq_len=9)
        before = fields_of(page)
        page.get_by_text("presets").click()
        page.get_by_text("Text classifier").click()
        preset = fields_of(page)
        assert preset != before

        page.go_back()
        assert fields_of(page) == before
        assert explorer()["tensors"]["output"] == "(9, 4, 5)"
        page.go_forward()
        assert fields_of(page) == preset
