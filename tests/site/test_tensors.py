"""The drawing of a tensor, made by the JavaScript that a browser runs."""

import os
import re
import subprocess
import sys
from itertools import pairwise

import pytest
from built import ROOT
from drawn import Drawing, box, grows
from hypothesis import given, settings
from hypothesis import strategies as st
from layers import FUNCTIONS, LAYOUTS, Case, cases

import tensors
from rnn_guide import symbolic_shapes

SLANT = 0.37, 0.32  # of a cell of the depth


def described(case: Case) -> dict[str, tensors.Description]:
    """Describe the tensors of a drawn layer."""
    arguments = {name: value for name, value in case.arguments.items() if name != "bias"}
    layout = "batched" if case.layout == "empty batch" else case.layout
    arguments |= {"layout": layout, "seq_len": case.seq_len, "batch_size": case.batch_size or 0}
    if layout == "packed":
        arguments["lengths"] = case.lengths
    return tensors.described(case.kind, **arguments)


def shape(tensor: tensors.Description) -> tuple[int, ...]:
    """Return the sizes of the axes."""
    return tuple(axis["size"] for axis in tensor["axes"])


class TestDescriptions:
    @given(case=cases())
    def test_have_the_shapes_of_the_package(self, case):
        """
        Each tensor has the axes that the package calculates, in its order.
        """
        arguments = {name: value for name, value in case.arguments.items() if name != "bias"}
        sizes = {"seq_len": case.seq_len, "batch_size": case.batch_size}
        expected = FUNCTIONS[case.kind](**arguments, **sizes)._asdict()

        found = {name: shape(tensor) for name, tensor in described(case).items()}

        assert found == {name: axes for name, axes in expected.items() if axes is not None}

    @given(case=cases(layouts=LAYOUTS))
    def test_know_what_an_axis_counts(self, case):
        """
        Roles are those of the symbols, and exactly what holds D has directions.
        """
        layout = "batched" if case.layout == "empty batch" else case.layout
        first = case.options["batch_first"]
        symbols = symbolic_shapes(case.kind, layout=layout, batch_first=first)

        for name, tensor in described(case).items():
            assert tuple(axis["symbol"] for axis in tensor["axes"]) == symbols[name]
            assert ("directions" in tensor) == any("D" in axis for axis in symbols[name])
            roles = [axis["role"] for axis in tensor["axes"]]
            assert roles[-1] == "features"
            assert set(roles[:-1]) <= {"time", "batch", "rows"}
            assert ("rows" in roles) == (name[1:] in ("_0", "_n"))

    def test_group_tensors_of_one_shape(self):
        """
        h_n and c_n are drawn once, but with proj_size each by itself.
        """

        def drawn(**arguments):
            found = tensors.described("LSTM", **arguments)
            text = tensors.figures([found[name] for name in ("input", "output", "h_n", "c_n")])
            return re.findall(r'data-tensor="(\w+)" viewBox', text)

        assert drawn() == ["input", "output", "h_n"]
        assert drawn(proj_size=2) == ["input", "output", "h_n", "c_n"]


class TestBlock:
    @settings(max_examples=40)
    @given(case=cases(layouts=LAYOUTS), large=st.sampled_from([1, 13, 10**4, 10**9]))
    def test_fits_its_box(self, case, large):
        """
        Nothing is drawn outside the view, and the view is no larger than the box.
        """
        for tensor in described(case).values():
            for axis in tensor["axes"]:
                axis["size"] *= large if "lengths" not in tensor else 1
            drawing = Drawing(tensor, width=300, height=200)

            assert drawing.view.width <= 300
            assert drawing.view.height <= 200
            for part in drawing.boxes():
                assert drawing.view.left <= part.left
                assert part.right <= drawing.view.right
                assert drawing.view.top <= part.top
                assert part.bottom <= drawing.view.bottom

    @settings(max_examples=40)
    @given(case=cases())
    def test_edges_are_in_proportion(self, case):
        """
        Up to twelve, an edge has the length of its cells: width, height and depth of output.
        """
        output = described(case)["output"]
        sizes = {axis["role"]: axis["size"] for axis in output["axes"]}
        drawing = Drawing(output, cell=10)

        fronts = [box(path) for path in drawing.all("front")]
        assert [front.width for front in fronts] == pytest.approx(
            [10 * case.features] * len(fronts)
        )
        assert fronts[0].height == pytest.approx(10 * sizes.get("batch", 1))
        assert len(fronts) == case.num_directions
        side = box(drawing.all("side")[0])
        assert side.width == pytest.approx(10 * SLANT[0] * case.seq_len, abs=0.2)
        assert len(drawing.all("cell", axis="time")) == case.seq_len * case.num_directions

    def test_long_edges_grow_with_the_logarithm(self):
        """
        Ten times as many features are longer by the same length, and the edge shows a break.
        """
        drawings = [
            Drawing(tensors.described("GRU", hidden_size=size)["output"], cell=5)
            for size in (12, 120, 1200, 12000)
        ]
        widths = [box(drawing.all("front")[0]).width for drawing in drawings]

        assert grows(widths)
        steps = [after - before for before, after in pairwise(widths)]
        assert steps == pytest.approx([steps[0]] * 3, abs=0.2)
        assert [bool(drawing.all("break")) for drawing in drawings] == [False, True, True, True]

    @settings(max_examples=20)
    @given(case=cases())
    def test_batch_first_changes_no_drawing(self, case):
        """
        The block is the same, whatever the order of the axes in the shape.
        """
        drawn = []
        for batch_first in (False, True):
            case.options["batch_first"] = batch_first
            source = Drawing(described(case)["output"]).source
            drawn.append(re.sub(' aria-label="[^"]*"', "", source))

        assert drawn[0] == drawn[1]

    @settings(max_examples=40)
    @given(case=cases(layouts=["packed"]))
    def test_packed_is_a_stair(self, case):
        """
        Each sequence has as many cells as steps, and stands below those that are shorter.
        """
        drawing = Drawing(described(case)["output"])

        tops = {}
        for stair in drawing.all("sequence"):
            index = int(stair.attrib["data-index"])
            last = list(stair)[-1]
            steps = [cell for cell in last if cell.attrib.get("data-axis") == "time"]
            assert len(steps) == case.lengths[index]
            tops[index] = box(next(iter(last))).top
        assert sorted(tops) == list(range(case.batch_size))
        ordered = sorted(tops, key=tops.__getitem__)
        assert [case.lengths[index] for index in ordered] == sorted(case.lengths)

    def test_many_sequences_are_drawn_in_part(self):
        """
        Of many sequences the shortest and longest are stairs, with a break between.
        """
        lengths = list(range(40, 10, -1))
        drawing = Drawing(tensors.described("GRU", layout="packed", lengths=lengths)["output"])

        drawn = [stair.attrib.get("data-index") for stair in drawing.all("sequence")]
        assert drawn == ["0", "1", "2", "3", None, "26", "27", "28", "29"]
        assert drawing.all("break")


class TestState:
    @settings(max_examples=40)
    @given(case=cases())
    def test_has_one_slab_for_each_row(self, case):
        """
        Row 0 is on top, and each row has the layer and the direction of its place.
        """
        for name, tensor in described(case).items():
            if tensor["axes"][0]["role"] != "rows":
                continue
            drawing = Drawing(tensor)
            rows = {int(row.attrib["data-row"]): row for row in drawing.all("row")}

            count = case.symbols["num_layers"] * case.num_directions
            assert sorted(rows) == list(range(count)), name
            fronts = [
                box(next(row.iter("{http://www.w3.org/2000/svg}path")))
                for _, row in sorted(rows.items())
            ]
            assert grows([front.top for front in fronts])
            for number, row in rows.items():
                layer, place = divmod(number, case.num_directions)
                assert row.attrib["data-layer"] == str(layer)
                assert row.attrib["data-part"] == ("forward", "backward")[place]
                arrow = "→←"[place]
                assert f"layer {layer} {arrow}" in drawing.texts()
                assert f"[{number}]" in drawing.texts()

    def test_shows_the_ends_of_many_rows(self):
        """
        Of many rows the first and last three are drawn, with dots between.
        """
        drawing = Drawing(tensors.described("GRU", num_layers=50, bidirectional=True)["h_n"])

        drawn = sorted(int(row.attrib["data-row"]) for row in drawing.all("row"))
        assert drawn == [0, 1, 2, 97, 98, 99]
        assert "⋮" in drawing.texts()
        assert "layer 49 ←" in drawing.texts()

    def test_cell_state_is_wider_with_a_projection(self):
        """
        h_n has the features of proj_size, c_n those of the cell.
        """
        found = tensors.described("LSTM", proj_size=2)
        widths = [
            box(Drawing(found[name], cell=10).all("front")[0]).width for name in ("h_n", "c_n")
        ]

        assert widths == [20, 50]


class TestWords:
    @settings(max_examples=40)
    @given(case=cases())
    def test_labels_say_the_sizes(self, case):
        """
        Each edge says symbol and number, each half its direction, and the whole its shape.
        """
        for name, tensor in described(case).items():
            drawing = Drawing(tensor)
            wanted = [f"{axis['symbol']} {axis['size']}" for axis in tensor["axes"]]
            if name == "output":
                directions = ("forward", "backward")[: case.num_directions]
                wanted[-1:] = [f"{direction} {case.features}" for direction in directions]

            assert set(wanted) <= set(drawing.texts())
            label = drawing.root.attrib["aria-label"]
            assert label.startswith(f"{name} {shape(tensor)}: ")
            assert all(str(axis["size"]) in label for axis in tensor["axes"])

    def test_tuple_has_the_colours_of_the_axes(self):
        """
        Each number of a tuple names its axis.
        """
        text = tensors.tuple_of(tensors.described("LSTM", bidirectional=True)["output"])

        assert re.sub("<[^>]*>", "", text) == "(7, 4, 10)"
        assert re.findall(r'data-axis="(\w+)"[^>]*>(\d+)', text) == [
            ("time", "7"),
            ("batch", "4"),
            ("features", "10"),
        ]

    def test_drawing_that_stands_alone_carries_its_colours(self):
        """
        No variable is left without a value.
        """
        alone = tensors.svg(tensors.described("LSTM")["output"], alone=True)
        used = set(re.findall(r"var\((--[\w-]+)\)", alone))

        assert "--forward-fill" in used
        assert used <= set(re.findall(r"(--[\w-]+): #", alone))


class TestEngine:
    @pytest.mark.parametrize("run", range(3))
    def test_build_ends(self, run):
        """
        Python ends after a drawing: an engine that is left open would hold it every other time.
        """
        code = "import tensors; tensors.described('LSTM')"
        rooms = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "docs" / "_extensions", ROOT))),
        }

        subprocess.run([sys.executable, "-c", code], env=rooms, check=True, timeout=60)
