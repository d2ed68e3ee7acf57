"""What the explorer does beyond its answers: it fills in, compares, copies and remembers."""

import pytest
from driver import BOTH, slow
from playwright.sync_api import expect

PHONE, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


class TestForm:
    def test_stands_beside_the_answer(self, explorer, page):
        """On a wide screen the shapes are in sight, wherever in the form somebody works."""
        page.set_viewport_size(WIDE)

        for name in ("input_size", "batch_size"):
            page.locator(f"[name={name}]").focus()
            for tensor in ("input", "output", "h_n"):
                expect(page.locator(f"[data-figures] [data-tensor={tensor}]")).to_be_in_viewport()

    def test_nothing_jumps_when_the_script_comes(self, page, site):
        """
        The answer stands beside the form from the start.
        """
        page.set_viewport_size(WIDE)
        page.add_init_script("""
          window.shift = 0;
          new PerformanceObserver((list) => {
            for (const { value } of list.getEntries()) window.shift += value;
          }).observe({ type: "layout-shift", buffered: true });""")
        page.route("**/explorer/explorer.js*", slow)
        page.goto(f"{site}/explorer.html")
        page.locator("[data-figures] svg").first.wait_for()
        page.wait_for_timeout(200)

        assert page.evaluate("shift") < 0.03

    def test_dock_keeps_the_shapes_on_a_phone(self, explorer, page):
        """On a phone a bar at the bottom shows output and h_n while fields change."""
        page.set_viewport_size(PHONE)

        page.locator("[name=batch_size]").fill("9")

        for tensor, shape in {"output": "(7, 9, 5)", "h_n": "(2, 9, 5)"}.items():
            shown = page.locator(f"[data-dock] [data-tensor={tensor}]")
            expect(shown).to_be_in_viewport()
            expect(shown).to_have_text(shape)
        page.set_viewport_size(WIDE)
        expect(page.locator("[data-dock]")).to_be_hidden()

    def test_empty_field_waits_for_a_number(self, explorer, page):
        """
        A field that is emptied to type another number is not wrong. Left empty, it is.
        """
        field = page.locator("[name=hidden_size]")
        field.fill("")
        assert not any(explorer()["errors"].values())
        expect(page.locator(".stale")).to_be_hidden()
        assert explorer()["tensors"]["output"] == "(7, 4, 5)"

        field.blur()

        expect(page.locator("#explorer-hidden_size-error")).to_have_text(
            "A whole number, 1 or more."
        )
        expect(page.locator(".stale")).to_be_visible()

    @pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
    def test_does_not_jump(self, size, explorer, page):
        """What is said of a field moves no field."""
        page.set_viewport_size(size)
        places = """() => [...document.querySelectorAll("#shape-explorer .field")].map(
          (e) => e.getBoundingClientRect().top + scrollY)"""
        before = page.evaluate(places)

        explorer(input_size="x", hidden_size="", seq_len="-1", dropout="7")
        assert page.evaluate(places) == before
        explorer(input_size=3, hidden_size=5, seq_len=7, dropout=0, layout="packed", lengths="x")
        assert page.evaluate(places) == before

    @pytest.mark.parametrize("width", [1280, 390, 320])
    def test_an_error_lies_on_nothing(self, width, explorer, page):
        """
        What is said of a field stands between its name and the next one, however long it is.
        """
        page.set_viewport_size({"width": width, "height": 800})
        explorer(kind="LSTM", proj_size=999)
        error = page.locator("#explorer-proj_size-error").bounding_box()
        above = page.locator("label[for=explorer-proj_size]").bounding_box()
        below = page.locator("label[for=explorer-dropout]").bounding_box()

        assert above["y"] + above["height"] <= error["y"] + 1
        assert error["y"] + error["height"] <= below["y"]
        field = page.locator("[name=proj_size]")
        assert field.evaluate("(field) => getComputedStyle(field).borderTopWidth") == "2px"

    def test_stands_below_the_form_where_letters_are_large(self, explorer, page):
        """With letters of twice the size the answer keeps its width."""
        page.set_viewport_size(WIDE)
        page.evaluate("document.documentElement.style.fontSize = '200%'")

        assert page.locator(".explorer .answer").bounding_box()["width"] > 500

    def test_segments_set_the_kind(self, explorer, page):
        """The kind is chosen by a press, and by keys; it follows an address."""
        page.get_by_role("radio", name="LSTM").check()
        assert "c_n" in explorer()["tensors"]
        page.keyboard.press("ArrowLeft")
        assert explorer()["layer"].startswith("torch.nn.GRU")

        page.evaluate("location.hash = 'kind=RNN'")
        expect(page.locator(".segments input[value=RNN]")).to_be_checked()


class TestPaste:
    @pytest.mark.parametrize(
        ("text", "layer", "said"),
        [
            (
                "nn.LSTM(300, 256, num_layers=2, batch_first=True)",
                "torch.nn.LSTM(300, 256, num_layers=2, batch_first=True)",
                "Read: kind LSTM, input_size 300",
            ),
            (
                "Model(\n  (emb): Embedding(9, 3)\n  (rnn): GRU(3, 5, bidirectional=True)\n)",
                "torch.nn.GRU(3, 5, bidirectional=True)",
                "Read: kind GRU",
            ),
            (
                "nn.LSTM(3, 5, device='cuda')",
                "torch.nn.LSTM(3, 5)",
                "No field holds: device='cuda'.",
            ),
        ],
    )
    def test_layer_fills_the_fields(self, text, layer, said, explorer, page):
        """A call or a printed model fills the form; what no field holds is said."""
        page.get_by_text("paste a layer").click()
        page.locator("#explorer-paste").fill(text)
        page.get_by_role("button", name="Fill in", exact=True).click()

        expect(page.locator("[data-pasted]")).to_contain_text(said)
        assert explorer()["layer"] == layer

    def test_shape_fills_the_input(self, explorer, page):
        """A shape leaves the layer as it is, but for the features of its input."""
        explorer(**BOTH)
        page.get_by_text("paste a layer").click()
        page.locator("#explorer-paste").fill("torch.Size([50, 32, 300])")
        page.get_by_role("button", name="Fill in", exact=True).click()

        expect(page.locator("[data-pasted]")).to_contain_text("seq_len 50")
        answer = explorer()
        assert answer["tensors"]["input"] == "(50, 32, 300)"
        assert answer["layer"] == "torch.nn.LSTM(300, 5, num_layers=2, bidirectional=True)"

    def test_nothing_is_said(self, explorer, page):
        """A text without a layer changes nothing."""
        before = explorer()
        page.get_by_text("paste a layer").click()
        page.locator("#explorer-paste").fill("hello <b>there</b>")
        page.get_by_role("button", name="Fill in", exact=True).click()

        expect(page.locator("[data-pasted]")).to_have_text(
            "No layer and no shape was found in this text."
        )
        assert explorer() == before


class TestFit:
    def test_names_the_axis_and_the_error(self, explorer, page, site):
        """A wrong shape gets its axis, the message of PyTorch, and the way to its section."""
        page.locator("#explorer-fit-shape").fill("(4, 7, 5)")

        place = page.locator("[data-fit]")
        expect(place).to_contain_text("The axis H_in must be 3, and is 5.")
        expect(place).to_contain_text("Expected 3, got 5")
        expect(place.locator(".wrong")).to_have_text("5")
        place.get_by_role("link").click()
        assert page.url == f"{site}/errors/input.html#error-input-size"
        expect(page.locator("#error-input-size")).to_have_count(1)

    def test_right_shape_fills_in(self, explorer, page):
        """A shape that fits is read out, and can be taken."""
        explorer(batch_first=True)
        page.locator("#explorer-fit-shape").fill("32, 50, 3")

        expect(page.locator("[data-fit]")).to_contain_text(
            "It fits: N, 32 sequences; L, 50 steps; H_in, 3 features."
        )
        page.get_by_text("Fill in these sizes").click()
        assert explorer()["tensors"]["output"] == "(32, 50, 5)"

    def test_offers_what_the_layer_takes(self, explorer, page):
        """c_0 is a tensor of an LSTM alone; it follows the form."""
        options = "es => es.map((e) => e.value)"
        choices = page.locator("#explorer-fit-tensor option")
        assert choices.evaluate_all(options) == ["input", "h_0"]
        explorer(kind="LSTM", proj_size=2)
        assert choices.evaluate_all(options) == ["input", "h_0", "c_0"]

        page.select_option("#explorer-fit-tensor", "c_0")
        page.locator("#explorer-fit-shape").fill("2, 4, 2")
        expect(page.locator("[data-fit]")).to_contain_text("Expected hidden[1] size (2, 4, 5)")
        explorer(hidden_size=6)
        expect(page.locator("[data-fit]")).to_contain_text("Expected hidden[1] size (2, 4, 6)")


class TestProgram:
    def test_choice_is_remembered(self, explorer, page):
        """The way of the program is the same at the next visit."""
        explorer(**BOTH)
        assert "rnn_guide" not in explorer()["code"]
        page.get_by_role("tab", name="PyTorch alone").press("ArrowRight")
        assert "split_output" in explorer()["code"]

        page.reload()

        assert "split_output" in explorer(**BOTH)["code"]
        tab = page.get_by_role("tab", name="with rnn_guide")
        expect(tab).to_have_attribute("aria-selected", "true")


class TestCopies:
    def test_expression(self, explorer, page):
        """The button beside an expression gives it, and says so."""
        explorer(**BOTH)
        button = page.locator("[data-expression='h_n[-2:]']")

        button.click()

        expect(button).to_have_text("copied")
        assert page.evaluate("navigator.clipboard.readText()") == "h_n[-2:]"

    def test_link(self, explorer, page):
        """The link is short: it holds what differs from the first state, and opens the same."""
        expected = explorer(kind="GRU", seq_len=9)

        page.get_by_text("copy link").click()
        page.wait_for_function(
            "document.querySelector('[data-copy=link]').textContent === 'copied'"
        )

        link = page.evaluate("navigator.clipboard.readText()")
        assert link.endswith("explorer.html#kind=GRU&seq_len=9")
        page.goto("about:blank")
        page.goto(link)
        assert explorer() == expected

    def test_picture(self, explorer, page):
        """The picture is SVG that stands alone: with the tensors, their shapes and its colours."""
        explorer(**BOTH)
        page.get_by_text("copy picture").click()
        page.wait_for_function(
            "document.querySelector('[data-copy=picture]').textContent === 'copied'"
        )

        picture = page.evaluate("navigator.clipboard.readText()")
        root, drawings, text = page.evaluate(
            """(source) => {
              const parsed = new DOMParser().parseFromString(source, "image/svg+xml");
              return [parsed.documentElement.tagName, parsed.querySelectorAll("svg svg").length,
                      parsed.documentElement.textContent];
            }""",
            picture,
        )
        assert (root, drawings) == ("svg", 3)
        assert "output (7, 4, 10)" in text
        assert "h_n, c_n (4, 4, 5)" in text
        assert "light-dark(" not in picture
        assert "var(--forward" not in picture
