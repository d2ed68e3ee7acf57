"""The recipes of "Compute a loss"."""

import pytest
import torch
from covers import LENGTHS, repairs
from references import real_steps, states_of, time_first
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

functional = nn.functional
C = 6


def by_hand(scores, target):
    """Return the loss of each step; the classes stand on the last axis."""
    return -scores.log_softmax(dim=-1).gather(-1, target.unsqueeze(-1)).squeeze(-1)


def scores_of(case):
    """Return the layer's scores for every step, in the layout of the case."""
    linear = nn.Linear(case.features * case.num_directions, C)
    return linear(case.layer(case.x)[0])


@repairs("compute-a-loss", batch_first=[True], proj_size=[0, 2])
def test_scores_of_every_step_with_the_batch_first(case):
    """
    The transposed scores give the loss of each step, and its gradient reaches all parameters.
    """
    target = torch.randint(C, (4, 7))
    scores = scores_of(case)
    with pytest.raises(RuntimeError, match="Expected target size"):
        functional.cross_entropy(scores, target)

    loss = functional.cross_entropy(scores.transpose(1, 2), target)

    assert torch.allclose(loss, by_hand(scores, target).mean())
    gradients = torch.autograd.grad(loss, list(case.layer.parameters()))
    assert all(gradient.any() for gradient in gradients)


@repairs("compute-a-loss", "ignore-padding", batch_first=[False], layouts=["packed"])
def test_scores_of_every_step_with_time_first(case):
    """
    Permuted scores give the loss of the real steps; transposed they run where N equals L.
    """
    linear = nn.Linear(case.features * case.num_directions, C)
    lengths = [7, 2, 4, 1, 3, 6, 5]
    for count in (4, 7):
        x = torch.randn(7, count, 3)
        packed = pack_padded_sequence(x, lengths[:count], enforce_sorted=False)
        scores = linear(pad_packed_sequence(case.layer(packed)[0])[0])
        targets = [torch.randint(C, (length,)) for length in lengths[:count]]
        target = pad_sequence(targets, batch_first=True, padding_value=-100)
        alone = [linear(case.layer(x[:n, i])[0]) for i, n in enumerate(lengths[:count])]
        right = by_hand(torch.cat(alone), torch.cat(targets)).mean()

        loss = functional.cross_entropy(scores.permute(1, 2, 0), target)

        assert torch.allclose(loss, right, atol=1e-6)
        if count == 4:
            with pytest.raises(ValueError, match="to match target batch_size"):
                functional.cross_entropy(scores.transpose(1, 2), target)
        else:
            wrong = functional.cross_entropy(scores.transpose(1, 2), target)
            assert not torch.allclose(wrong, right, atol=1e-6)
        zeros = pad_sequence(targets, batch_first=True)
        counted = functional.cross_entropy(scores.permute(1, 2, 0), zeros)
        assert not torch.allclose(counted, right, atol=1e-6)


@repairs("compute-a-loss", layouts=["unbatched"], batch_first=[False])
def test_scores_of_every_step_without_a_batch(case):
    """
    The classes stand on the last axis of two, where the loss wants them.
    """
    target = torch.randint(C, (7,))
    scores = scores_of(case)

    loss = functional.cross_entropy(scores, target)

    assert torch.allclose(loss, by_hand(scores, target).mean())
    with pytest.raises(IndexError, match="Dimension out of range"):
        scores.transpose(1, 2)


@repairs("linear-at-every-step", layouts=["batched", "unbatched"], proj_size=[0, 2])
def test_linear_works_at_every_step(case):
    """
    One step at a time gives the same, in every layout.
    """
    linear = nn.Linear(case.features * case.num_directions, C)
    output = case.layer(case.x)[0]

    every = linear(output)

    for index in torch.cartesian_prod(*map(torch.arange, output.shape[:-1])).view(
        -1, output.ndim - 1
    ):
        assert torch.allclose(every[tuple(index)], linear(output[tuple(index)]), atol=1e-6)


@repairs("cross-entropy", layouts=["batched", "unbatched"])
def test_three_layouts_have_one_loss(case):
    """
    Batch first, time first and unbatched scores, transposed or flattened, give the loss by hand.
    """
    scores = scores_of(case)
    target = torch.randint(C, scores.shape[:-1])
    right = by_hand(scores, target).mean()

    flattened = functional.cross_entropy(scores.reshape(-1, C), target.reshape(-1))

    assert torch.allclose(flattened, right)
    if case.layout == "unbatched":
        assert torch.allclose(functional.cross_entropy(scores, target), right)
    elif case.options["batch_first"]:
        assert torch.allclose(functional.cross_entropy(scores.transpose(1, 2), target), right)
        mixed = functional.cross_entropy(scores.view(4, C, 7), target)
        assert not torch.allclose(mixed, right)
    else:
        batch_targets = target.T
        permuted = functional.cross_entropy(scores.permute(1, 2, 0), batch_targets)
        assert torch.allclose(permuted, right)
        wrong = functional.cross_entropy(scores.reshape(-1, C), batch_targets.reshape(-1))
        assert not torch.allclose(wrong, right)


@repairs("cross-entropy")
def test_as_many_steps_as_classes_is_silent():
    """
    Without the transpose the loss is another one.
    """
    scores, target = torch.randn(4, C, C), torch.randint(C, (4, C))

    wrong = functional.cross_entropy(scores, target)

    assert not torch.allclose(wrong, functional.cross_entropy(scores.transpose(1, 2), target))


@repairs("ignore-padding", layouts=["packed"])
def test_padded_steps_count_for_nothing(case):
    """
    Loss and gradient are those of the real steps; so is the sum divided by hand.
    """
    targets = [torch.randint(1, C, (length,)) for length in LENGTHS]
    scores = time_first(case, scores_of(case))
    scores.retain_grad()
    real = by_hand(torch.cat(real_steps_of(scores)), torch.cat(targets)).mean()
    target = pad_sequence(targets, batch_first=True, padding_value=-100)

    loss = functional.cross_entropy(scores.permute(1, 2, 0), target)

    assert torch.allclose(loss, real)
    loss.backward()
    hole = torch.arange(7).view(-1, 1) >= torch.tensor(LENGTHS)
    assert not scores.grad[hole].any()
    assert scores.grad[~hole].any(dim=-1).all()
    losses = functional.cross_entropy(scores.permute(1, 2, 0), target, reduction="none")
    assert torch.allclose(losses.sum() / (target != -100).sum(), real)
    assert not torch.allclose(losses.mean(), real)
    zero = pad_sequence(targets, batch_first=True)
    other = functional.cross_entropy(scores.permute(1, 2, 0), zero, ignore_index=0)
    assert torch.allclose(other, real)


def real_steps_of(scores):
    """Return the real steps of time-first scores."""
    return [scores[:length, n] for n, length in enumerate(LENGTHS)]


@repairs("ignore-padding")
def test_what_ignore_index_does_not_do():
    """
    No real target gives NaN, and other losses take -100 for a number.
    """
    nothing = torch.full((4,), -100)

    assert functional.cross_entropy(torch.randn(4, C), nothing).isnan()
    assert functional.mse_loss(torch.randn(4), nothing.float()) > 9000
    logits = torch.randn(4)
    with_numbers = functional.binary_cross_entropy_with_logits(logits, nothing.float())
    assert with_numbers.isfinite()
    assert not torch.allclose(with_numbers, torch.zeros(()))


@repairs("one-class-for-each-sequence", layouts=["batched", "packed"], proj_size=[0, 2])
def test_one_class_for_each_sequence(case):
    """
    The last row, or both of the top layer, give scores (N, C) that need no transpose.
    """
    x = case.packed() if case.layout == "packed" else case.x
    h_n = states_of(case.layer(x)[1])[0]
    vector = torch.cat([h_n[-2], h_n[-1]], dim=-1) if case.bidirectional else h_n[-1]
    target = torch.randint(C, (4,))
    linear = nn.Linear(vector.shape[-1], C)

    loss = functional.cross_entropy(linear(vector), target)

    H = case.features  # noqa: N806
    lengths = LENGTHS if case.layout == "packed" else [7] * 4
    outputs = [case.layer(sequence)[0] for sequence in real_steps(case, case.x, lengths)]
    ends = [torch.cat([output[-1, :H], output[0, H:]]) for output in outputs]
    right = by_hand(linear(torch.stack(ends)), target).mean()
    assert torch.allclose(loss, right, atol=1e-6)
    gradient, *_ = torch.autograd.grad(loss, list(case.layer.parameters()))
    assert gradient.any()


@repairs("numbers-instead-of-classes", proj_size=[0, 2])
def test_numbers_keep_one_shape(case):
    """
    With the axis that is left (N, L, 1) broadcasts; without it the loss is that of each step.
    """
    linear = nn.Linear(case.features * case.num_directions, 1)
    output = case.layer(case.x)[0]
    target = torch.randn(output.shape[:-1])
    row, row_target = linear(output)[0], target[0]
    with pytest.warns(UserWarning, match="different to the input size"):
        wrong = functional.mse_loss(row, row_target)
    assert torch.allclose(wrong, (row - row_target.view(1, -1)).square().mean())

    prediction = linear(output).squeeze(-1)

    assert prediction.shape == target.shape
    loss = functional.mse_loss(prediction, target)
    assert torch.allclose(loss, (prediction - target).square().sum() / 28)
    assert not torch.allclose(wrong, functional.mse_loss(prediction[0], row_target))
    assert linear(output[:1, :1]).squeeze().shape == ()
    assert linear(output[:1, :1]).squeeze(-1).shape == (1, 1)


@repairs("masked-loss", layouts=["packed"])
@pytest.mark.parametrize("loss", ["mse_loss", "l1_loss", "binary_cross_entropy_with_logits"])
def test_masked_loss_is_that_of_the_real_steps(case, loss):
    """
    NaN in the padded targets is in neither the loss nor the gradients; multiplied it would be.
    """
    compute = getattr(functional, loss)
    linear = nn.Linear(case.features * case.num_directions, 2)
    first = case.options["batch_first"]
    output = pad_packed_sequence(case.layer(case.packed())[0], first)[0]
    prediction = linear(output)
    target = torch.rand_like(prediction)
    lengths = torch.tensor(LENGTHS)
    steps = torch.arange(7)
    mask = steps < lengths.unsqueeze(1)
    mask = mask if first else mask.T
    target[~mask] = float("nan")
    parameters = [linear.weight, *case.layer.parameters()]
    losses = compute(prediction, target, reduction="none")
    assert (losses * mask.unsqueeze(-1)).sum().isnan()
    gradient, *_ = torch.autograd.grad(losses[mask].sum(), parameters, retain_graph=True)
    assert gradient.isnan().any() or loss == "l1_loss"

    result = compute(prediction[mask], target[mask])

    pairs = zip(
        real_steps(case, prediction, LENGTHS), real_steps(case, target, LENGTHS), strict=True
    )
    each = [compute(p, t, reduction="none") for p, t in pairs]
    assert torch.allclose(result, torch.cat(each).mean())
    gradients = torch.autograd.grad(result, parameters)
    assert all(gradient.isfinite().all() and gradient.any() for gradient in gradients)


@repairs("ctc")
def test_ctc_of_each_sequence_alone():
    """
    Time first, with lengths of their own, each sequence has the loss that it has alone.
    """
    scores, target = torch.randn(4, 7, C), torch.randint(1, C, (4, 2))
    steps, labels = torch.tensor([7, 5, 4, 6]), torch.tensor([2, 1, 2, 2])
    with pytest.raises(RuntimeError, match="must be of size batch_size"):
        functional.ctc_loss(scores.log_softmax(-1), target, steps, labels)

    log_probs = scores.transpose(0, 1).log_softmax(dim=-1)
    losses = functional.ctc_loss(log_probs, target, steps, labels, reduction="none")

    for n in range(4):
        alone = ctc_by_hand(log_probs[: steps[n], n], target[n, : labels[n]].tolist())
        assert torch.allclose(losses[n], alone, atol=1e-5)
    mean = functional.ctc_loss(log_probs, target, steps, labels)
    assert torch.allclose(mean, (losses / labels).mean())


def ctc_by_hand(log_probs, labels):
    """Return the CTC loss by the forward recursion over blank, label, blank, label, blank."""
    states = [0]
    for label in labels:
        states += [label, 0]
    row = torch.full((len(states),), float("-inf"))
    row[:2] = log_probs[0, states[:2]]
    for step in log_probs[1:]:
        terms = []
        for s, label in enumerate(states):
            may_skip = s > 1 and label not in (0, states[s - 2])
            sources = row[max(s - (2 if may_skip else 1), 0) : s + 1]
            terms.append(sources.logsumexp(0) + step[label])
        row = torch.stack(terms)
    return -row[-2:].logsumexp(0)


@repairs("ctc")
def test_what_ctc_does_not_notice():
    """
    Swapped axes of one size and raw scores run; an impossible target is infinite.
    """
    scores, target = torch.randn(4, 4, C), torch.randint(1, C, (4, 2))
    steps, labels = torch.full((4,), 4), torch.full((4,), 2)
    log_probs = scores.transpose(0, 1).log_softmax(dim=-1)
    right = functional.ctc_loss(log_probs, target, steps, labels)

    swapped = functional.ctc_loss(scores.log_softmax(dim=-1), target, steps, labels)
    raw = functional.ctc_loss(scores.transpose(0, 1), target, steps, labels)

    assert not torch.allclose(swapped, right)
    assert not torch.allclose(raw, right)
    twice = torch.tensor([[2, 2]])
    for n_steps, finite in ((2, False), (3, True)):
        lengths = torch.tensor([n_steps]), torch.tensor([2])
        loss = functional.ctc_loss(log_probs[:, :1], twice, *lengths, reduction="none")
        assert bool(loss.isfinite()) == finite
    lengths = torch.tensor([2]), torch.tensor([2])
    loss = functional.ctc_loss(log_probs[:, :1], twice, *lengths, zero_infinity=True)
    assert loss == 0


@repairs("ignore-padding", batch_first=[True], bidirectional=[False], num_layers=[1])
def test_cut_output_does_not_fit_targets_of_the_padded_width(case):
    """
    Where no sequence fills the padded tensor the loss is refused, until total_length is given.
    """
    target = torch.randint(case.features, (4, 7))
    packed = pack_padded_sequence(case.x, [5, 4, 2, 1], batch_first=True)
    output, _ = case.layer(packed)
    short, _ = pad_packed_sequence(output, batch_first=True)
    with pytest.raises(RuntimeError, match=r"Expected target size \[4, 5\], got \[4, 7\]"):
        functional.cross_entropy(short.transpose(1, 2), target)

    whole, _ = pad_packed_sequence(output, batch_first=True, total_length=7)

    assert functional.cross_entropy(whole.transpose(1, 2), target).isfinite()


@repairs("ignore-padding")
def test_nan_in_the_padding_reaches_the_gradients():
    """
    The loss is that of the real steps, the gradients are NaN; with numbers there they are 0.
    """
    scores, target = torch.randn(2, C, 7), torch.randint(C, (2, 7))
    target[1, 4:] = -100
    right = functional.cross_entropy(scores, target)
    for padding, finite in ((torch.nan, False), (9.0, True)):
        padded = scores.clone()
        padded[1, :, 4:] = padding
        padded.requires_grad_()
        loss = functional.cross_entropy(padded, target)
        loss.backward()
        assert torch.equal(loss, right)
        assert bool(padded.grad.isfinite().all()) == finite
        assert padded.grad[0].any()
    assert not padded.grad[1, :, 4:].any()
    nll = functional.nll_loss(scores.log_softmax(1), target)
    assert torch.allclose(nll, right)
