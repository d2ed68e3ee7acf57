"""What the player of the unrolled layer shows and says."""

import gettext
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sphinx import locale

import player
from player import directive
from tensors.engine import script

BUILD = script(directive.BUILD)


class TestView:
    @given(st.data())
    def test_shows_the_steps_that_matter(self, data):
        """
        As many steps as have room, in order, with those that are computed.
        """
        length = data.draw(st.integers(1, 10**6))
        most = data.draw(st.integers(2, 12))
        forward = data.draw(st.integers(0, length - 1))
        around = data.draw(st.sampled_from([[forward], [forward, length - 1 - forward]]))

        shown = BUILD("steps", length, most, around)

        assert len(shown) == min(length, most)
        assert all(before < after for before, after in pairwise(shown))
        assert shown[0] >= 0
        assert shown[-1] < length
        assert set(around) <= set(shown)

    def test_names_where_rows_land(self):
        """
        h_n[k] stands in the cell that is row k, and all other cells have a number alone.
        """
        drawn = directive.drawn({"kind": "LSTM", "num_layers": 2, "bidirectional": True}, True)
        rows = [re.findall(r"<td class=\"\w+ done.*?</td>", row) for row in drawn.split("<tr")]
        names = [name for row in rows for name in re.findall(r"h_n\[\d\]", "".join(row))]

        assert names == ["h_n[3]", "h_n[2]", "h_n[1]", "h_n[0]"]
        assert len(re.findall(r"<span>−?0\.\d\d</span>", drawn)) == 28

    @pytest.mark.parametrize("size", [1, 10**18 - 1])
    def test_huge_layers_are_shown_in_part(self, size):
        """
        A layer of any size is drawn with the ends of its steps, and few layers.
        """
        case = {"kind": "GRU", "seq_len": size, "num_layers": size, "bidirectional": True}
        drawn = BUILD("drawn", player.known(""), case, 8)

        assert drawn.count("<td") < 120
        assert drawn.count('scope="row"') == 2 * min(size, 4)

    def test_says_what_a_cell_is(self):
        """
        Selected, reads, goes to: in the index expressions of the layout.
        """

        def pieces(cell, **case):
            text = BUILD("pieces", player.known(""), {"kind": "LSTM", **case}, cell)
            return [re.sub("<[^>]*>", "", piece) for piece in text.split("</p>")[:-1]]

        both = {"num_layers": 2, "bidirectional": True}
        assert pieces("1,forward,6,0", **both) == [
            "selected output[6, :, :5] = h_n[2]: layer 1 →, step 6",
            "reads layer 0, both directions, layer 1 →, step 5",
            "goes to output[6, :, :5], h_n[2], c_n[2]",
        ]
        assert pieces("0,backward,6,0", **both, batch_first=True) == [
            "selected layer 0 ←, step 6: inside, not returned",
            "reads input[:, 6], h_0[1], c_0[1]",
            "goes to layer 1, both directions, layer 0 ←, step 5",
        ]
        assert pieces("0,forward,1,2", lengths=[4, 3, 2])[0] == (
            "selected output[1, 2] = h_n[0, 2]: layer 0 →, step 1"
        )

    def test_every_text_can_be_translated(self, monkeypatch):
        """
        With a translation that marks each text, no word of the player is left without the mark.
        """

        class Marks(gettext.NullTranslations):
            def gettext(self, message: str) -> str:
                return f"«{message}»"

        monkeypatch.setitem(locale.translators, ("general", "guide"), Marks())
        for case in ({"lengths": [9, 2]}, {"num_layers": 2, "bidirectional": True}):
            drawn = directive.drawn({"kind": "GRU", **case})
            plain = re.sub(r"<code.*?</code>", "", drawn)
            words = re.sub("<[^>]*>", " ", plain) + " ".join(
                re.findall('(?:label|title)="(.*?)"', plain)
            )
            while "«" in words:
                words = re.sub("«[^«»]*»", "", words)
            assert re.findall("[a-z]+", words) == []
