"""The recipes of "Run a layer on a stream"."""

import torch
from covers import repairs
from references import alone, close, give, states_of, time_first

ONE = [False]


def run_in_chunks(layer, x, chunk, before, after):
    """Run a layer as the page does."""
    outputs = []
    for start in range(0, len(x), chunk):
        begin = max(start - before, 0)
        piece, _ = layer(x[begin : start + chunk + after])
        outputs.append(piece[start - begin : start - begin + chunk])
    return torch.cat(outputs)


@repairs("stream", layouts=["batched", "unbatched"], bidirectional=ONE, proj_size=[0, 2])
def test_any_chunks_equal_the_whole(case):
    """
    Output and state are those of one call; without the state, or with padding, they are not.
    """
    axis = 1 if case.options["batch_first"] and case.batch_size else 0
    whole, end = case.layer(case.x)
    for sizes in ([7], [1] * 7, [3, 1, 2, 1]):
        state, outputs = None, []
        with torch.no_grad():
            for chunk in case.x.split(sizes, dim=axis):
                output, state = case.layer(chunk, state)
                outputs.append(output)
        assert torch.allclose(torch.cat(outputs, dim=axis), whole, atol=1e-6)
        assert close(states_of(state), states_of(end))
        assert not any(s.requires_grad for s in states_of(state))
    forgotten = [case.layer(chunk)[0] for chunk in case.x.split([3, 4], dim=axis)]
    assert not torch.allclose(torch.cat(forgotten, dim=axis), whole, atol=1e-6)
    padded = torch.cat([case.x, torch.zeros_like(case.x)], dim=axis)
    assert not close(states_of(case.layer(padded)[1]), states_of(end))


@repairs("streams-come-and-go", bidirectional=ONE, proj_size=[0, 2])
def test_each_row_goes_on_or_begins(case):
    """
    Streams that go on equal one call over both parts, a new one starts from zeros.
    """
    first, second = torch.randn(6, 4, 3), torch.randn(8, 4, 3)
    _, state = case.layer(time_first(case, first))
    going_on = torch.tensor([0, 2, 3])

    states = tuple(s.index_select(1, going_on) for s in states_of(state))
    states = tuple(torch.cat([s, s.new_zeros(s.shape[0], 1, s.shape[2])], dim=1) for s in states)
    output, state = case.layer(time_first(case, second), give(states))

    streams = [torch.cat([first[:, n], second[:, row]]) for row, n in enumerate(going_on)]
    outputs, finals = alone(case.layer, [*streams, second[:, 3]])
    columns = time_first(case, output).unbind(1)
    assert close(columns, [o[-8:] for o in outputs])
    assert close(states_of(state), finals)


@repairs("bidirectional-in-chunks", batch_first=ONE, bidirectional=[True], num_layers=[1, 2, 3])
def test_more_steps_around_a_chunk_bring_it_closer(case):
    """
    With all steps around it a chunk is exact, with some it is closer than with none.
    """
    x = torch.randn(40, 2, 3)
    with torch.no_grad():
        whole, _ = case.layer(x)
        errors = []
        for steps in (0, 4, 12, 40):
            chunked = run_in_chunks(case.layer, x, chunk=8, before=steps, after=steps)
            assert chunked.shape == whole.shape
            errors.append((chunked - whole).abs().max().item())

    assert errors[0] > errors[1] > errors[2] > errors[3]
    assert errors[3] < 1e-5
    assert errors[2] < errors[0] / 4


@repairs("bidirectional-in-chunks", batch_first=ONE, num_layers=[1])
def test_chunks_of_any_size_cover_each_step_once(case):
    """
    A chunk that does not divide the stream, and unequal steps around it, keep every step in order.
    """
    x = torch.randn(23, 2, 3)

    for chunk, before, after in ((5, 23, 23), (8, 23, 30), (30, 0, 0)):
        chunked = run_in_chunks(case.layer, x, chunk, before, after)
        assert torch.allclose(chunked, case.layer(x)[0], atol=1e-6)


@repairs("bidirectional-in-chunks", batch_first=ONE, bidirectional=[True], num_layers=[1])
def test_a_carried_state_does_not_help_the_backward_direction(case):
    """
    The backward half of a chunk is as wrong with the carried state, and ``h_n`` is of step 0.
    """
    first, second = torch.randn(8, 2, 3), torch.randn(8, 2, 3)
    H = case.features  # noqa: N806
    output, state = case.layer(first)
    assert torch.allclose(output[0, :, H:], states_of(state)[0][1], atol=1e-6)

    carried, _ = case.layer(second, state)

    whole, _ = case.layer(torch.cat([first, second, torch.randn(8, 2, 3)]))
    assert torch.allclose(carried[..., :H], whole[8:16, :, :H], atol=1e-6)
    assert not torch.allclose(carried[..., H:], whole[8:16, :, H:], atol=1e-3)
