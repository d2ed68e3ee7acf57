"""The recipes of the pages on packing and unpacking."""

import pytest
import torch
from covers import LENGTHS, repairs
from references import alone, close, give, real_steps, some_states, states_of, time_first
from torch import nn
from torch.nn.utils.rnn import (
    pack_padded_sequence,
    pack_sequence,
    pad_packed_sequence,
    pad_sequence,
    unpack_sequence,
)

from rnn_guide import split_output

DTYPES = [torch.float32, torch.float64]
cross_entropy = nn.functional.cross_entropy


def sequences_of(case):
    """Return the real steps of the sequences of a case."""
    return real_steps(case, case.x, LENGTHS)


def padded_output(case, **options):
    """Pack, run, unpack; return the padded output and the states."""
    output, state = case.layer(case.packed())
    padded, lengths = pad_packed_sequence(output, case.options["batch_first"], **options)
    assert lengths.tolist() == LENGTHS
    return padded, states_of(state)


@repairs("pack-run-unpack", layouts=["packed"], proj_size=[0, 2], dtypes=DTYPES)
def test_packed_batch_equals_its_sequences_alone(case):
    """
    Output and states are those of each sequence by itself, and gradients reach each real step.
    """
    case.x.requires_grad_()

    output, states = padded_output(case)

    outputs, finals = alone(case.layer, sequences_of(case))
    assert close(real_steps(case, output, LENGTHS), outputs)
    assert close(states, finals)
    output.sum().backward()
    steps = time_first(case, case.x.grad).abs().sum(dim=-1) > 0
    assert torch.equal(steps, torch.arange(7).view(-1, 1) < torch.tensor(LENGTHS))


@repairs("pack-run-unpack", layouts=["packed"], proj_size=[0, 2])
def test_list_of_sequences_is_packed_alike(case):
    """
    ``pack_sequence`` of a list equals ``pack_padded_sequence`` of the padded one.
    """
    sequences = sequences_of(case)
    padded = pad_sequence(sequences, batch_first=case.options["batch_first"])
    first = case.options["batch_first"]

    a = pack_sequence(sequences, enforce_sorted=False)
    b = pack_padded_sequence(padded, LENGTHS, batch_first=first, enforce_sorted=False)

    assert torch.equal(a.data, b.data)
    assert torch.equal(a.batch_sizes, b.batch_sizes)
    assert close(states_of(case.layer(a)[1]), alone(case.layer, sequences)[1])


@repairs("pack-run-unpack", layouts=["packed"], bidirectional=[True], proj_size=[0, 2])
def test_directions_can_be_split_before_or_after_unpacking(case):
    """
    ``split_output`` takes the packed and the padded output.
    """
    packed_output, _ = case.layer(case.packed())
    padded = pad_packed_sequence(packed_output)[0]

    after = split_output(padded)
    before = [pad_packed_sequence(half)[0] for half in split_output(packed_output)]

    assert torch.equal(before[0], after.forward)
    assert torch.equal(before[1], after.backward)
    assert torch.equal(after.forward, padded[..., : case.features])


@repairs(
    "when-to-pack",
    layouts=["packed"],
    bidirectional=[False],
    num_layers=[1, 2, 3],
    proj_size=[0, 2],
)
def test_one_direction_needs_no_packing_for_a_loss_at_each_step(case):
    """
    Loss, gradients and the state that is gathered are those of packing; ``h_n`` is not.
    """
    lengths = torch.tensor(LENGTHS)
    target = torch.randint(case.features, (7, 4)).masked_fill(
        torch.arange(7).view(-1, 1) >= lengths, -100
    )
    packed, (packed_h_n, *_) = padded_output(case)
    output, state = case.layer(case.x)

    losses = [
        cross_entropy(time_first(case, scores).transpose(1, 2), target)
        for scores in (packed, output)
    ]

    assert torch.allclose(*losses)
    parameters = list(case.layer.parameters())
    assert close(*(torch.autograd.grad(loss, parameters) for loss in losses))
    if case.options["batch_first"]:
        last = output[torch.arange(4), lengths - 1]
    else:
        last = output[lengths - 1, torch.arange(4)]
    assert torch.allclose(last, packed_h_n[-1], atol=1e-6)
    short = time_first(case, padded_output(case)[0])[:6]  # as where the longest has 6 steps
    with pytest.raises(ValueError, match="to match target batch_size"):
        cross_entropy(short.transpose(1, 2), target)
    assert not torch.allclose(states_of(state)[0][-1], packed_h_n[-1], atol=1e-6)


@repairs("when-to-pack", layouts=["packed"], bidirectional=[True])
def test_two_directions_need_it(case):
    """
    The real steps of an unpacked batch are wrong.
    """
    wrong = real_steps(case, case.layer(case.x)[0], LENGTHS)
    right = real_steps(case, padded_output(case)[0], LENGTHS)

    assert close(wrong[1:2], right[1:2])  # the longest has no padding
    assert not close(wrong, right)


@repairs("when-to-pack", bidirectional=[False])
def test_nan_in_the_padding_reaches_the_gradients(case):
    """
    The loss is finite, the gradients are not; with zeros they are.
    """
    hole = torch.arange(7).view(-1, 1) >= torch.tensor(LENGTHS)
    target = torch.randint(5, (7, 4)).masked_fill(hole, -100)
    for padding, finite in ((float("nan"), False), (0.0, True)):
        x = case.x.clone()
        time_first(case, x)[hole] = padding
        scores = time_first(case, case.layer(x)[0])

        loss = cross_entropy(scores.transpose(1, 2), target)

        assert loss.isfinite()
        gradient, *_ = torch.autograd.grad(loss, list(case.layer.parameters()))
        assert bool(gradient.isfinite().all()) == finite


@repairs("order-of-packed-sequences", layouts=["packed"], proj_size=[0, 2])
def test_order_is_kept_and_padding_is_as_asked(case):
    """
    States, given and returned, stand in the order of the sequences; padding is 0, or as told.
    """
    given = some_states(case, 4)

    output, state = case.layer(case.packed(), give(given))

    outputs, finals = alone(case.layer, sequences_of(case), given)
    assert close(states_of(state), finals)
    hole = torch.arange(7).view(-1, 1) >= torch.tensor(LENGTHS)
    first = case.options["batch_first"]
    for options, value in (({}, 0), ({"padding_value": float("-inf")}, float("-inf"))):
        padded = pad_packed_sequence(output, first, **options)[0]
        assert (time_first(case, padded)[hole] == value).all()
        assert close(real_steps(case, padded, LENGTHS), outputs)
    maximum = padded.amax(dim=1 if first else 0)
    assert torch.allclose(maximum, torch.stack([o.amax(dim=0) for o in outputs]), atol=1e-6)
    zero_padded = pad_packed_sequence(output)[0]
    assert (zero_padded.amax(dim=0) >= 0)[torch.tensor(LENGTHS) < 7].all()


@repairs("order-of-packed-sequences", layouts=["packed"])
def test_the_flag_of_the_layer_is_ignored(case):
    """
    A layer with the other ``batch_first`` gives the same packed output.
    """
    options = {**case.arguments, "batch_first": not case.options["batch_first"]}
    other = type(case.layer)(**options)
    other.load_state_dict(case.layer.state_dict())

    assert torch.equal(other(case.packed())[0].data, case.layer(case.packed())[0].data)


@repairs("pack-batch-first", layouts=["packed"])
def test_a_wrong_flag_and_too_few_lengths_are_silent_and_the_assertion_is_not(case):
    """
    The wrong flag packs, and the layer fails or runs; the assertion of the page tells.
    """
    first = case.options["batch_first"]

    short = pack_padded_sequence(case.x, [4, 3, 2, 1], not first, enforce_sorted=False)
    assert not torch.allclose(
        case.layer(short)[0].data,
        case.layer(pack_padded_sequence(case.x, [4, 3, 2, 1], first))[0].data,
    )
    long = pack_padded_sequence(case.x, LENGTHS, not first, enforce_sorted=False)
    with pytest.raises(RuntimeError, match=r"start \(11\) \+ length \(1\) exceeds dimension size"):
        case.layer(long)
    few = pack_padded_sequence(case.x, LENGTHS[:3], first, enforce_sorted=False)
    assert few.batch_sizes[0] == 3
    message = "index out of range in self" if first else "INDICES element is out of DATA bounds"
    with pytest.raises((IndexError, RuntimeError), match=message):
        pack_padded_sequence(case.x, [*LENGTHS, 3, 2, 1, 1], first, enforce_sorted=False)

    assert len(LENGTHS) == case.x.shape[0 if first else 1]
    assert len(LENGTHS) != case.x.shape[1 if first else 0]


@repairs(
    "what-a-packed-sequence-holds", "layers-on-packed-data", layouts=["packed"], proj_size=[0, 2]
)
def test_data_goes_through_a_linear_layer_and_back(case):
    """
    Linear on ``data`` equals linear on each sequence, with zeros in the padding, and joined
    features stay with their step.
    """
    width = case.features * case.num_directions
    linear = nn.Linear(width, 6)
    output, _ = case.layer(case.packed())

    scores = pad_packed_sequence(output._replace(data=linear(output.data)))[0]
    x = case.packed()
    joined = pad_packed_sequence(x._replace(data=torch.cat([x.data, output.data], dim=-1)))[0]

    outputs, _ = alone(case.layer, sequences_of(case))
    hole = torch.arange(7).view(-1, 1) >= torch.tensor(LENGTHS)
    assert not scores[hole].any()
    for n, (sequence, single) in enumerate(zip(sequences_of(case), outputs, strict=True)):
        length = len(sequence)
        assert torch.allclose(scores[:length, n], linear(single), atol=1e-5)
        assert torch.allclose(joined[:length, n], torch.cat([sequence, single], -1), atol=1e-5)


@repairs("loss-on-packed-data", layouts=["packed"], proj_size=[0, 2])
def test_packed_targets_stand_beside_their_scores(case):
    """
    The packed sequence and two names are refused; ``data`` gives the loss of the real steps.
    """
    classes = case.features * case.num_directions
    targets = torch.randint(classes, (7, 4))
    output, _ = case.layer(case.packed())
    packed_targets = pack_padded_sequence(targets, LENGTHS, enforce_sorted=False)
    with pytest.raises((TypeError, AttributeError)):
        cross_entropy(output, packed_targets)
    with pytest.raises(ValueError, match=r"too many values to unpack \(expected 2"):
        _scores, _ = output

    loss = cross_entropy(output.data, packed_targets.data)

    outputs, _ = alone(case.layer, sequences_of(case))
    real = [targets[:length, n] for n, length in enumerate(LENGTHS)]
    assert torch.allclose(loss, cross_entropy(torch.cat(outputs), torch.cat(real)))


@repairs("unpack-to-a-list", layouts=["packed"], proj_size=[0, 2])
def test_unpack_sequence_returns_each_in_order(case):
    """
    The list is that of the sequences run alone.
    """
    outputs = unpack_sequence(case.layer(case.packed())[0])

    assert close(outputs, alone(case.layer, sequences_of(case))[0])


@repairs("beyond-the-length", layouts=["packed"], proj_size=[0, 2], dtypes=DTYPES)
def test_what_lies_beyond_a_length_is_dropped(case):
    """
    Whatever stands there, results are the same; it has no gradient, and the padding value after.
    """
    lengths = [5, 4, 2, 1]
    real = torch.arange(7).view(-1, 1) < torch.tensor(lengths)
    first = case.options["batch_first"]
    x = case.x.requires_grad_()

    def run(x, **options):
        output, state = case.layer(pack_padded_sequence(x, lengths, batch_first=first))
        return pad_packed_sequence(output, first, **options)[0], *states_of(state)

    output, *states = run(x)
    sum(t.square().sum() for t in (output, *states)).backward()
    assert torch.equal(time_first(case, x.grad).any(dim=-1), real)
    changed = time_first(case, x.detach()).masked_fill(~real.unsqueeze(-1), float("nan"))
    again, *same = run(time_first(case, changed))
    assert torch.equal(again, output)
    assert all(torch.equal(*pair) for pair in zip(states, same, strict=True))
    assert len(time_first(case, output)) == 5
    filled = time_first(case, run(x, padding_value=-9.0, total_length=7)[0])
    assert torch.equal((filled == -9).all(dim=-1), ~real)
    assert close(states, alone(case.layer, real_steps(case, x, lengths))[1])


@repairs("total-length", layouts=["packed"])
def test_total_length_of_the_input_fits_its_targets(case):
    """
    Without it the output is shorter than the input, with it as long, and zero there.
    """
    first = case.options["batch_first"]
    packed_data = pack_padded_sequence(case.x, [2, 5, 4, 1], first, enforce_sorted=False)
    output, _ = case.layer(packed_data)
    short = time_first(case, pad_packed_sequence(output, first)[0])
    assert short.shape[0] == 5

    total_length = case.x.shape[1 if first else 0]
    padded = pad_packed_sequence(output, first, total_length=total_length)[0]

    padded = time_first(case, padded)
    assert padded.shape[0] == 7
    assert torch.equal(padded[:5], short)
    assert not padded[5:].any()


@repairs("what-padding-changes", layouts=["packed"], num_layers=[1, 2, 3], proj_size=[0, 2])
def test_what_is_safe_without_packing(case):
    """
    One direction: every real step. Two: the forward half of a single layer only.
    """
    wrong = real_steps(case, case.layer(case.x)[0], LENGTHS)[0]
    right = real_steps(case, padded_output(case)[0], LENGTHS)[0]
    H = case.features  # noqa: N806

    forward = torch.allclose(wrong[:, :H], right[:, :H], atol=1e-6)

    assert forward == (not case.bidirectional or case.sizes[2] == 1)
    if case.bidirectional:
        assert not torch.allclose(wrong[:, H:], right[:, H:], atol=1e-6)


@repairs("zeros-are-not-nothing", num_layers=[1])
def test_zeros_move_a_state_by_the_biases_and_by_itself(case):
    """
    Biases move any state; without them zero stays, and another state moves.
    """
    kind, options = type(case.layer), {"batch_first": case.layer.batch_first}
    zeros = torch.zeros_like(case.x)
    x = torch.cat([case.x, zeros], dim=1 if case.layer.batch_first else 0)
    for bias in (True, False):
        layer = kind(3, 5, bias=bias, **options)
        assert bool(states_of(layer(zeros)[1])[0].any()) == bias
        assert not torch.allclose(states_of(layer(x)[1])[0], states_of(layer(case.x)[1])[0])
        for name, parameter in layer.named_parameters():
            if name.startswith("bias"):
                nn.init.zeros_(parameter)
        assert not states_of(layer(zeros)[1])[0].any()
        both = kind(3, 5, bias=bias, bidirectional=True, **options)
        padded, short = time_first(case, both(x)[0])[:7], time_first(case, both(case.x)[0])
        assert torch.allclose(padded[..., 5:], short[..., 5:], atol=1e-6) != bias


@repairs(
    "reverse-within-lengths",
    layouts=["packed"],
    bidirectional=[True],
    num_layers=[1],
    proj_size=[0, 2],
)
def test_reversed_input_of_one_direction_is_the_backward_half(case):
    """
    A layer of one direction with the backward weights, on reversed sequences, equals packing.
    """

    def reverse(x, lengths):
        t, n = torch.arange(x.shape[1]), lengths.view(-1, 1)
        index = torch.where(t < n, n - 1 - t, t)
        return x[torch.arange(len(x)).view(-1, 1), index]

    lengths = torch.tensor(LENGTHS)
    options = {k: v for k, v in case.options.items() if k not in ("bidirectional", "batch_first")}
    single = type(case.layer)(*case.sizes, **options, batch_first=True)
    weights = case.layer.state_dict()
    reverse_weights = {k.removesuffix("_reverse"): v for k, v in weights.items() if "_rev" in k}
    single.load_state_dict(reverse_weights)
    x = time_first(case, case.x).transpose(0, 1)

    backward = reverse(single(reverse(x, lengths))[0], lengths)

    right = time_first(case, padded_output(case)[0])[..., case.features :]
    for n, length in enumerate(LENGTHS):
        assert torch.allclose(backward[n, :length], right[:length, n], atol=1e-6)
    assert torch.equal(reverse(reverse(x, lengths), lengths), x)
    flipped = single(x.flip(1))[0].flip(1)
    assert not torch.allclose(flipped[0, :2], right[:2, 0], atol=1e-6)
