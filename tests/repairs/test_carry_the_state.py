"""The recipes of "Carry the state from batch to batch" and "Run one step at a time"."""

import pytest
import torch
from covers import LENGTHS, repairs
from references import alone, close, give, states_of, time_first
from torch import nn

ONE, DTYPES = [False], [torch.float32, torch.float64]


def time_axis(case):
    """Return the axis of time in a padded tensor."""
    return 1 if case.options["batch_first"] and case.batch_size else 0


def halves(case):
    """Cut the input in two parts along time."""
    return case.x.split([4, 3], dim=time_axis(case))


@repairs(
    "carry-the-state",
    layouts=["batched", "unbatched"], bidirectional=ONE, proj_size=[0, 2], dtypes=DTYPES,
)  # fmt: skip
def test_carried_parts_equal_the_whole(case):
    """
    Without the state the second part is wrong; with it both parts and the state are right.
    """
    first, second = halves(case)
    whole, end = case.layer(case.x)
    forgotten, _ = case.layer(second)
    assert not torch.allclose(forgotten, whole.split([4, 3], dim=time_axis(case))[1], atol=1e-6)

    a, state = case.layer(first)
    b, state = case.layer(second, state)

    assert torch.allclose(torch.cat([a, b], dim=time_axis(case)), whole, atol=1e-6)
    assert close(states_of(state), states_of(end))
    if case.layout == "batched":  # each sequence has a state of its own, on axis 1
        finals = alone(case.layer, list(time_first(case, case.x).unbind(1)))[1]
        assert close(states_of(state), finals)


@repairs("carry-the-state", "why-detach", bidirectional=ONE, proj_size=[0, 2])
def test_training_with_a_detached_state(case):
    """
    Without detach the second backward fails, and leaves nothing that the detached loop minds.
    """
    optimizer = torch.optim.SGD(case.layer.parameters(), lr=0.1)
    output, state = case.layer(case.x)
    output.sum().backward()
    output, _ = case.layer(case.x, state)
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        output.sum().backward()

    before = [parameter.clone() for parameter in case.layer.parameters()]
    for _ in range(3):
        state = give(tuple(s.detach() for s in states_of(state)))
        given = states_of(state)
        output, state = case.layer(case.x, state)
        optimizer.zero_grad()
        output.square().mean().backward()
        optimizer.step()

    assert not any(s.requires_grad for s in given)
    assert all(s.requires_grad for s in states_of(state))
    for old, new in zip(before, case.layer.parameters(), strict=True):
        assert not torch.equal(old, new)
    assert not close(
        states_of(case.layer(case.x, give(given))[1]), states_of(case.layer(case.x)[1])
    )


@repairs("why-detach", bidirectional=ONE)
def test_retain_graph_fails_after_a_step(case):
    """
    The way that the message suggests ends in another message.
    """
    optimizer = torch.optim.SGD(case.layer.parameters(), lr=0.1)
    output, state = case.layer(case.x)
    output.sum().backward(retain_graph=True)
    optimizer.step()
    output, _ = case.layer(case.x, state)

    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        output.sum().backward()


@repairs("why-detach")
def test_no_grad_keeps_no_graph_and_eval_does(case):
    """
    The state of a call in ``eval`` mode holds a graph, that of ``no_grad`` none.
    """
    layer = case.layer.eval()
    assert states_of(layer(case.x)[1])[0].requires_grad

    with torch.no_grad():
        _, state = layer(case.x)

    assert not any(s.requires_grad for s in states_of(state))


@repairs("nothing-is-remembered", layouts=["batched", "unbatched"], proj_size=[0, 2])
def test_a_call_without_a_state_starts_from_zeros(case):
    """
    Two calls give the same, and so do zeros.
    """
    first, _ = case.layer(case.x)
    second, state = case.layer(case.x)
    zeros, _ = case.layer(case.x, give(tuple(torch.zeros_like(s) for s in states_of(state))))

    assert torch.equal(first, second)
    assert torch.equal(first, zeros)
    assert not torch.equal(first, case.layer(case.x, state)[0])


@repairs("nothing-is-remembered", bidirectional=[True], num_layers=[1, 2, 3], proj_size=[0, 2])
def test_two_directions_cannot_be_run_in_parts(case):
    """
    The forward half is right in a single layer alone, the backward half in none.
    """
    first, second = halves(case)
    whole = time_first(case, case.layer(case.x)[0])[4:]

    carried = time_first(case, case.layer(second, case.layer(first)[1])[0])

    H = case.features  # noqa: N806
    forward = torch.allclose(carried[..., :H], whole[..., :H], atol=1e-6)
    assert forward == (case.sizes[2] == 1)
    assert not torch.allclose(carried[..., H:], whole[..., H:], atol=1e-6)


@repairs(
    "one-step-at-a-time",
    layouts=["batched", "unbatched"], bidirectional=ONE, proj_size=[0, 2], dtypes=DTYPES,
)  # fmt: skip
def test_one_step_at_a_time_equals_one_call(case):
    """
    Over the time axis the steps equal the whole; over the batch they do not.
    """
    axis = time_axis(case)

    state, outputs = None, []
    with torch.no_grad():
        for x_t in case.x.unbind(axis):
            output, state = case.layer(x_t.unsqueeze(axis), state)
            outputs.append(output)

    whole, end = case.layer(case.x)
    assert torch.allclose(torch.cat(outputs, dim=axis), whole, atol=1e-6)
    assert close(states_of(state), states_of(end))
    if axis == 1:
        state, wrong = None, []
        for x_t in case.x:
            output, state = case.layer(x_t.unsqueeze(1), state)
            wrong.append(output)
        assert torch.cat(wrong).shape == (28, 1, case.features)


@repairs("one-step-at-a-time", bidirectional=[True])
def test_two_directions_are_not_run_step_by_step(case):
    """
    It runs, and the backward half is that of single steps.
    """
    axis, outputs, state = time_axis(case), [], None
    for x_t in case.x.unbind(axis):
        output, state = case.layer(x_t.unsqueeze(axis), state)
        outputs.append(output)

    whole = case.layer(case.x)[0]
    assert torch.cat(outputs, dim=axis).shape == whole.shape
    assert not torch.allclose(torch.cat(outputs, dim=axis), whole, atol=1e-3)


@repairs("one-step-at-a-time", bidirectional=ONE)
def test_the_state_at_its_own_last_step(case):
    """
    Of a padded batch each state is right at the last step of its sequence, and not at the end.
    """
    axis, reached, state = time_axis(case), [], None
    for x_t in case.x.unbind(axis):
        _, state = case.layer(x_t.unsqueeze(axis), state)
        reached.append(states_of(state))

    sequences = time_first(case, case.x).unbind(1)
    real = [sequence[:n] for sequence, n in zip(sequences, LENGTHS, strict=True)]
    for k, right in enumerate(alone(case.layer, real)[1]):
        at_last = [reached[n - 1][k][:, row] for row, n in enumerate(LENGTHS)]
        assert close(at_last, right.unbind(1))
        ends = reached[-1][k].unbind(1)
        same = [close([a], [b]) for a, b in zip(ends, right.unbind(1), strict=True)]
        assert same == [n == 7 for n in LENGTHS]


@repairs("nothing-is-remembered", bidirectional=ONE)
def test_steps_are_cut_off_and_not_sequences(case):
    """
    The slices of each layout carry on; those of the other one are refused, or of other sequences.
    """
    first = case.options["batch_first"]
    x = torch.randn(14, 14, 3)
    head, rest = (x[:, :7], x[:, 7:]) if first else (x[:7], x[7:])
    whole, _ = case.layer(x)
    carried, _ = case.layer(rest, case.layer(head)[1])
    assert close([carried], [whole[:, 7:] if first else whole[7:]])

    other, more = (x[:7], x[7:]) if first else (x[:, :7], x[:, 7:])
    runs, _ = case.layer(more, case.layer(other)[1])
    assert not close([runs], [whole[7:] if first else whole[:, 7:]])


@repairs("feed-the-output-back", bidirectional=ONE, proj_size=[0, 2])
def test_predictions_are_those_of_their_own_inputs(case):
    """
    One call over the start and all predictions but the last gives the predictions.
    """
    axis = time_axis(case)
    linear = nn.Linear(case.features, 3)
    start = torch.randn(4, 1, 3) if axis else torch.randn(1, 4, 3)

    def predict(carry):
        x_t, state, predictions = start, None, []
        with torch.no_grad():
            for _ in range(6):
                output, new = case.layer(x_t, state)
                state = new if carry else None
                x_t = linear(output)
                predictions.append(x_t)
        return torch.cat(predictions, dim=axis)

    predicted = predict(carry=True)

    inputs = torch.cat([start, predicted.narrow(axis, 0, 5)], dim=axis)
    whole = linear(case.layer(inputs)[0])
    assert torch.allclose(whole, predicted, atol=1e-6)
    assert not torch.allclose(whole, predict(carry=False), atol=1e-6)
    other = start.transpose(0, 1)  # runs: another number of sequences
    assert states_of(case.layer(other)[1])[0].shape[1] == 1


@repairs("feed-the-output-back", bidirectional=ONE)
def test_chosen_words_are_embedded(case):
    """
    The words chosen one by one are those that the whole would choose.
    """
    axis = time_axis(case)
    embedding, linear = nn.Embedding(9, 3), nn.Linear(case.features, 9)
    words = [torch.randint(9, (4, 1) if axis else (1, 4))]
    x_t, state = embedding(words[0]), None
    for _ in range(6):
        output, state = case.layer(x_t, state)
        words.append(linear(output).argmax(dim=-1))
        x_t = embedding(words[-1])

    inputs = torch.cat(words[:-1], dim=axis)
    chosen = linear(case.layer(embedding(inputs))[0]).argmax(dim=-1)
    assert torch.equal(chosen, torch.cat(words[1:], dim=axis))
    drawn = torch.distributions.Categorical(logits=linear(output)).sample()
    assert drawn.shape == words[-1].shape
    assert drawn.max() < 9


@repairs("when-to-reset", bidirectional=ONE, proj_size=[0, 2])
def test_each_epoch_starts_from_zeros_and_carries(case):
    """
    Reset, an epoch with unchanged weights has the losses of the one before; not reset, it has not.
    """
    layer, state = case.layer, None

    def epoch(reset):
        nonlocal state
        state = None if reset else state
        losses = []
        for part in halves(case):
            output, state = layer(part, state)
            state = give(tuple(s.detach() for s in states_of(state)))
            losses.append(output.square().mean())
        return losses

    first, again = epoch(reset=True), epoch(reset=True)
    assert first == again
    whole = layer(case.x)[0].split([4, 3], dim=time_axis(case))
    rights = [part.square().mean() for part in whole]
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(first, rights, strict=True))
    assert epoch(reset=False)[0] != first[0]  # the mistake: the last epoch's state is used
    for loss in epoch(reset=True):
        loss.backward()  # each part has a graph of its own
    with torch.no_grad():  # without a state in the call nothing needs a reset
        a, b = layer(case.x)[0], layer.eval()(case.x)[0]
    assert torch.equal(a, b)
