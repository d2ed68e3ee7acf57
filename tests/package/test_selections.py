"""The expressions that take parts out of what a layer returns."""

import torch
from hypothesis import given
from layers import LAYOUTS, cases
from torch.nn.utils.rnn import pad_packed_sequence

import rnn_guide
from rnn_guide._rules import DIRECTIONS, rows
from rnn_guide._selections import selections


@given(cases(LAYOUTS))
def test_expressions_give_the_parts(case):
    """
    Each gives the same values, with the package and without, and in the shape that is told.

    Each direction is cut out by its place, and each row stands in the order of ``_rules.rows``.
    """
    layout = "batched" if case.layout == "empty batch" else case.layout
    packed = layout == "packed"
    output, last = case.layer(case.packed() if packed else case.x)
    states = dict(zip(("h_n", "c_n"), last if case.kind == "LSTM" else (last,), strict=False))
    names = {"torch": torch, **vars(rnn_guide), "output": output, **states}
    names |= {name: getattr(rnn_guide, name) for name in rnn_guide.__all__}
    whole = output
    if packed:
        names["padded"] = whole = pad_packed_sequence(output)[0]
    size, h_n, D = case.features, states["h_n"], case.num_directions
    directions = DIRECTIONS[case.bidirectional]
    right = {
        name: whole.narrow(-1, place * size, size) for place, name in enumerate(directions)
    } | {
        "vector": torch.cat([h_n[row] for row in range(len(h_n) - D, len(h_n))], -1),
        "last_layer": h_n.unflatten(0, (-1, D))[-1] if D == 2 else h_n[-1],
    }
    batch_first = case.options["batch_first"] and not packed
    options = {"batch_first": batch_first, "bidirectional": case.bidirectional}
    symbols = case.symbols
    if packed:
        symbols = {**symbols, "L": whole.shape[0], "N": whole.shape[1]}

    found = selections(case.kind, layout, **options)

    assert {s.name for s in found} == {*right, "row"}
    assert [s.tensor for s in found if s.name == "row"] == list(states)
    for selection in found:
        shape = tuple(_number(axis, symbols) for axis in selection.axes)
        for row, (layer, direction) in enumerate(rows(case.sizes[2], case.bidirectional)):
            fields = {"H_out": size, "row": row, "layer": layer, "direction": direction}
            for expression in (selection.alone, selection.package):
                given_ = eval(expression.format(**fields), names)
                expected = right.get(selection.name)
                if selection.name == "row":
                    expected = states[selection.tensor].unbind()[row]
                assert torch.equal(given_, expected), expression
                assert given_.shape == shape, expression
            if selection.name != "row":
                break


def _number(axis, symbols):
    number = 1
    for factor in axis.split("*"):
        number *= symbols[factor]
    return number
