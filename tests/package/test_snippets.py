"""The code that the shape explorer shows for packed input; the command prints all other code."""

from hypothesis import given
from layers import cases

from rnn_guide._snippets import layer_call, snippet


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
