"""The code that pages show and the command does not print."""

import torch
from hypothesis import given
from layers import cases

from rnn_guide import split_output, split_state
from rnn_guide._snippets import SPLITS, layer_call, snippet


@given(cases(["packed"]))
def test_packed_code_runs(case):
    """The lines make this layer and call it with sequences of these lengths."""
    call = layer_call(case.kind, **case.arguments)
    lines = snippet(case.kind, "packed", bidirectional=case.bidirectional)
    lengths = ", ".join(map(str, case.lengths))
    code = "\n".join(lines).format(layer=call, lengths=lengths, input_size=case.sizes[0])
    names = {}

    exec(code, names)

    assert str(names[case.kind.lower()]) == str(case.layer)
    assert names["lengths"].tolist() == case.lengths
    features = case.num_directions * case.features
    assert names["output"].data.shape == (sum(case.lengths), features)
    assert names["padded"].shape[-1] == features
    if case.bidirectional:
        assert names["backward"].data.shape == (sum(case.lengths), case.features)
        assert names["h_backward"][-1].equal(names["h_n"][-1])


@given(cases())
def test_lines_split_as_the_package_does(case):
    """
    Each line gives the directions of an output, and of each state.

    With one direction it gives the whole, for there is nothing to split.
    """
    lines = SPLITS[case.bidirectional]
    output, _ = case.layer(case.x)
    tensors = {"output": [output], "h_n": list(case.states().values())}
    assert lines.keys() == tensors.keys()

    for name, line in lines.items():
        split = split_output if name == "output" else split_state
        for tensor in tensors[name]:
            names = {name: tensor}
            exec(line, names)

            expected = split(tensor) if case.bidirectional else [tensor]
            found = [names[part] for part in ("forward", "backward")[: case.num_directions]]
            assert len(found) == len(expected)
            assert all(map(torch.equal, found, expected))
