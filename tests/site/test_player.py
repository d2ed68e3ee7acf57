"""The player of the unrolled layer: its cells, their order and numbers, beside the real layer."""

import re
from itertools import product
from typing import Any

import pytest
import torch
from layers import KINDS
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_sequence, pad_packed_sequence

import player
from player import directive, numbers
from rnn_guide import _rules
from tensors.engine import script

BUILD = script(directive.BUILD)
Case = dict[str, Any]
CASES: list[Case] = [
    {"kind": kind, "num_layers": num_layers, "bidirectional": both, "seq_len": 4, **layout}
    for kind, num_layers, both in product(KINDS, (1, 2, 3), (False, True))
    for layout in (
        {"layout": "batched"},
        {"layout": "batched", "batch_first": True},
        {"layout": "unbatched"},
        {"layout": "packed", "lengths": [2, 4, 1]},
        {"layout": "packed", "lengths": [3, 2], "batch_first": True},
    )
]


def name_of(case: Case) -> str:
    """Return a short name of a case."""
    return " ".join(str(value) for value in case.values())


every_case = pytest.mark.parametrize("case", CASES, ids=name_of)


def cells(case: Case) -> dict[tuple[int, str, int, int], dict[str, Any]]:
    """Return every cell of a layer by layer, direction, step and sequence."""
    return {key(text): cell for text, cell in BUILD("cells", player.rules(), case).items()}


def key(text: str) -> tuple[int, str, int, int]:
    """Return what a cell is called by."""
    layer, direction, step, sequence = text.split(",")
    return int(layer), direction, int(step), int(sequence)


def is_key(text: str) -> bool:
    """Return whether a text names a cell, and no place in a tensor."""
    return "[" not in text


def sequences(case: Case) -> list[Tensor]:
    """Return the first sequences of which there are numbers, as long as in a case."""
    lengths = case.get("lengths", [case["seq_len"]])
    return [x[:length] for x, length in zip(numbers.sequences(), lengths, strict=False)]


def made(case: Case) -> nn.RNNBase:
    """Return the layer of a case."""
    return numbers.layer(case["kind"], case["num_layers"], case["bidirectional"])


@torch.no_grad()
def states(
    layer: nn.RNNBase, inputs: list[Tensor], h_0: Tensor
) -> dict[tuple[int, str, int, int], Tensor]:
    """Return what each cell computes, layer by layer, each one by itself and in float64."""
    found = {}
    count = 1 + layer.bidirectional
    for sequence, data in enumerate(inputs):
        x = data.double()
        for number in range(layer.num_layers):
            single = type(layer)(x.shape[-1], layer.hidden_size, bidirectional=layer.bidirectional)
            weights = layer.state_dict()
            single.load_state_dict(
                {name: weights[name.replace("_l0", f"_l{number}")] for name in single.state_dict()}
            )
            start: Any = h_0[number * count : (number + 1) * count]
            if layer.mode == "LSTM":
                start = start, torch.zeros_like(start)
            x, _ = single.double()(x, start)
            for direction, half in zip(
                _rules.DIRECTIONS[layer.bidirectional], x.chunk(count, -1), strict=True
            ):
                for step, value in enumerate(half):
                    found[number, direction, step, sequence] = value
    return found


class TestNumbers:
    @every_case
    @torch.no_grad()
    def test_are_those_of_the_layer(self, case):
        """
        At the indices that a cell names, output and h_n have its number, to all digits shown.
        """
        layer, inputs = made(case), sequences(case)
        layer.batch_first = first = case.get("batch_first", False)
        if case["layout"] == "packed":
            packed, returned = layer(pack_sequence(inputs, enforce_sorted=False))
            output, _ = pad_packed_sequence(packed, batch_first=first)
        else:
            x = inputs[0] if case["layout"] == "unbatched" else inputs[0].unsqueeze(1 - first)
            output, returned = layer(x)
        h_n = returned[0] if isinstance(returned, tuple) else returned
        shown = directive.with_numbers(case)["numbers"]

        compared = set()
        for (_, _, step, sequence), cell in cells(case).items():
            length = len(inputs[sequence])
            of_sequence = shown[numbers.key(case["kind"], case["bidirectional"], sequence, length)]
            number = of_sequence[cell["row"]][step] / 10**numbers.DIGITS
            for name in cell["tensors"].keys() & {"output", "h_n"}:
                found = eval(cell["tensors"][name], {"output": output, "h_n": h_n})
                assert found.numel() == numbers.EQUAL["hidden_size"]
                value = float(found.flatten()[numbers.FEATURE])
                assert f"{value:.{numbers.DIGITS}f}" == f"{number:.{numbers.DIGITS}f}" or (
                    number == 0 and abs(value) < 0.5 / 10**numbers.DIGITS
                )
                compared.add(name)
        assert compared == {"output", "h_n"}

    @every_case
    def test_are_those_between_the_layers(self, case):
        """
        Each cell has the number that its layer computes when it runs by itself.
        """
        layer, inputs = made(case), sequences(case)
        zeros = torch.zeros(
            case["num_layers"] * (1 + case["bidirectional"]), layer.hidden_size
        ).double()
        computed = states(layer, inputs, zeros)
        shown = directive.with_numbers(case)["numbers"]

        for cell, known in cells(case).items():
            of_sequence = shown[
                numbers.key(case["kind"], case["bidirectional"], cell[3], len(inputs[cell[3]]))
            ]
            number = of_sequence[known["row"]][cell[2]] / 10**numbers.DIGITS
            assert number == pytest.approx(float(computed[cell][numbers.FEATURE]), abs=0.00501)

    @torch.no_grad()
    def test_come_from_the_program_that_is_named(self):
        """
        The note says how to make layer and input: its two lines give the same numbers.
        """
        case = {"kind": "LSTM", "num_layers": 2, "bidirectional": True}
        note = re.search('class="player-note">(.*?)</p>', directive.drawn(case))[1]
        seed, data = re.findall("<code>(.*?)</code>", note)

        exec(seed)
        layer = nn.LSTM(3, 5, 2, bidirectional=True)
        exec(seed)
        names: dict[str, Any] = {"torch": torch}
        exec(data, names)
        row = layer(names["x"])[0][:, 0, 0]

        shown = directive.with_numbers(case)["numbers"]["LSTM,true,0,7"][2]
        assert [round(100 * float(value)) for value in row] == shown

    def test_stand_where_they_are_computed_alone(self):
        """
        For other sizes, more layers, steps or sequences than PyTorch has run: places alone.
        """

        def shown(**case):
            drawn = directive.drawn({"kind": "GRU", **case})
            return bool(re.search(r"<span>−?0\.\d\d</span>", drawn)), "No numbers" in drawn

        assert shown() == (True, False)
        assert shown(num_layers=3, seq_len=7, bidirectional=True) == (True, False)
        assert shown(lengths=[2, 1, 7, 3]) == (True, False)
        assert shown(layout="unbatched", batch_size=None, lengths=None) == (True, False)
        for other in (
            {"hidden_size": 6},
            {"input_size": 2},
            {"bias": False},
            {"num_layers": 4},
            {"seq_len": 8},
            {"batch_size": 0},
            {"lengths": [1] * 5},
        ):
            assert shown(**other) == (False, True), other


class TestCells:
    @every_case
    def test_reading_chain_is_that_of_the_layer(self, case):
        """
        Another number in a step of the input, or in a row of h_0, changes exactly the cells that
        read it, by themselves or through others.
        """
        known, layer, inputs = cells(case), made(case), sequences(case)
        rows = case["num_layers"] * (1 + case["bidirectional"])
        zeros = torch.zeros(rows, layer.hidden_size).double()
        before = states(layer, inputs, zeros)
        read: dict[Any, set[str]] = {}
        for cell in sorted(known, key=lambda cell: known[cell]["tick"]):
            some = known[cell]["reads"]
            read[cell] = {text for text in some if not is_key(text)}
            read[cell] |= {text for one in some if is_key(one) for text in read[key(one)]}

        def changed(inputs, h_0):
            after = states(layer, inputs, h_0)
            return {cell for cell in known if not torch.equal(before[cell], after[cell])}

        def readers(names):
            return {cell for cell in known if read[cell] & names}

        sources = {
            (step, sequence): {known[0, "forward", step, sequence]["tensors"]["input"]}
            for _, direction, step, sequence in known
            if direction == "forward"
        }
        for (step, sequence), names in sources.items():
            other = [x.clone() for x in inputs]
            other[sequence][step] += 1
            assert changed(other, zeros) == readers(names), names
        for row in range(rows):
            other = zeros.clone()
            other[row] = 1
            names = {
                cell["tensors"]["h_0"]
                for cell in known.values()
                if cell["row"] == row and "h_0" in cell["tensors"]
            }
            assert changed(inputs, other) == readers(names), names

    @every_case
    def test_go_where_they_are_read(self, case):
        """
        A cell goes to another exactly if that one reads it.
        """
        known = cells(case)

        goes = {(c, key(text)) for c in known for text in known[c]["goes"] if is_key(text)}
        reads = {(key(text), c) for c in known for text in known[c]["reads"] if is_key(text)}
        assert goes == reads

    @every_case
    def test_fill_the_tensors(self, case):
        """
        What is left goes to output and the last states, each place once, in the order of rows.
        """
        known = cells(case)
        ends = [text for c in known for text in known[c]["goes"] if not is_key(text)]
        names = {text.partition("[")[0] for text in ends}

        assert len(ends) == len(set(ends))
        assert names == {"output", "h_n", *({"c_n"} if case["kind"] == "LSTM" else ())}
        lengths = case.get("lengths", [case["seq_len"]])
        count = 1 + case["bidirectional"]
        assert sum(text.startswith("output") for text in ends) == count * sum(lengths)
        order = _rules.rows(case["num_layers"], case["bidirectional"])
        assert {(c[:2], known[c]["row"]) for c in known} == {
            (cell, row) for row, cell in enumerate(order)
        }
        for text in ends:
            if text.startswith("h_n"):
                assert int(re.findall(r"\d+", text)[0]) < len(order)


class TestOrder:
    @every_case
    def test_a_cell_is_computed_after_what_it_reads(self, case):
        """
        Each cell has its tick; what it reads has an earlier one, and a layer all those below it.
        """
        known = cells(case)

        for facts in known.values():
            for text in filter(is_key, facts["reads"]):
                assert known[key(text)]["tick"] < facts["tick"]
        steps = case["num_layers"] * max(case.get("lengths", [case["seq_len"]]))
        for sequence in range(len(case.get("lengths", [0]))):
            ticks = BUILD("ticks", player.rules(), case, sequence)
            assert len(ticks) == steps
            own = {c: facts["tick"] for c, facts in known.items() if c[3] == sequence}
            assert {key(text): tick for tick, some in enumerate(ticks, 1) for text in some} == own

    def test_both_directions_run_from_their_ends(self):
        """
        Forward begins at step 0 while backward begins at the last one, layer by layer.
        """
        case = {"kind": "RNN", "num_layers": 2, "bidirectional": True, "seq_len": 3}

        assert BUILD("ticks", player.rules(), case, 0) == [
            ["0,forward,0,0", "0,backward,2,0"],
            ["0,forward,1,0", "0,backward,1,0"],
            ["0,forward,2,0", "0,backward,0,0"],
            ["1,forward,0,0", "1,backward,2,0"],
            ["1,forward,1,0", "1,backward,1,0"],
            ["1,forward,2,0", "1,backward,0,0"],
        ]

    def test_short_sequences_end_earlier(self):
        """
        Of a packed batch a short sequence stops forward, and waits backward.
        """
        case = {"kind": "RNN", "bidirectional": True, "lengths": [3, 1]}

        assert BUILD("ticks", player.rules(), case, 1) == [
            ["0,forward,0,1"],
            [],
            ["0,backward,0,1"],
        ]
