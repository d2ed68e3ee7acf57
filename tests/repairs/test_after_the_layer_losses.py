"""The repairs of "Errors after the layer": losses."""

import warnings

import pytest
import torch
from covers import BATCH_SIZE, SEQ_LEN, repairs
from torch import nn
from torch.nn.functional import cross_entropy

CLASSES = 9
NOT_LONG = r"expected target dtype to be Long or Byte|expected scalar type Long"


def by_hand(scores, targets):
    """Return the mean of -log p of the right class; rows with a target below 0 do not count."""
    rows = [
        -row.log_softmax(0)[target]
        for row, target in zip(scores.unbind(0), targets.tolist(), strict=True)
        if target >= 0
    ]
    return torch.stack(rows).mean()


def scored(case):
    """Return a linear layer for classes and the scores of every step."""
    linear = nn.Linear(case.num_directions * case.features, CLASSES)
    return linear, linear(case.layer(case.x)[0])


@repairs("error-loss-target-size")
@pytest.mark.parametrize("loss", [nn.CrossEntropyLoss(), nn.NLLLoss()])
def test_transposed_or_flat_scores_give_the_loss_of_each_step(case, loss):
    """
    Both repairs are the mean over all steps, with either layout, and padding leaves no trace.
    """
    _, scores = scored(case)
    scores = scores.log_softmax(-1)
    targets = torch.randint(CLASSES, scores.shape[:2])
    targets[-1, -2:] = -100
    with pytest.raises(RuntimeError, match="Expected target size"):
        loss(scores, targets)

    wanted = by_hand(scores.flatten(0, 1), targets.flatten())

    assert torch.allclose(loss(scores.transpose(1, 2), targets), wanted)
    assert torch.allclose(loss(scores.reshape(-1, CLASSES), targets.reshape(-1)), wanted)


@repairs("error-loss-target-size")
def test_transposing_does_not_help_where_the_steps_differ():
    """
    The same message for right axes and other steps: cut to the same steps it is right.
    """
    scores, targets = torch.randn(4, 6, 9), torch.randint(6, (4, 7))
    with pytest.raises(RuntimeError, match=r"Expected target size \[4, 9\], got \[4, 7\]"):
        cross_entropy(scores, targets)
    with pytest.raises(RuntimeError, match="Expected target size"):
        cross_entropy(scores.transpose(1, 2), targets)

    loss = cross_entropy(scores[..., :7], targets)

    wanted = by_hand(scores[..., :7].transpose(1, 2).flatten(0, 1), targets.flatten())
    assert torch.allclose(loss, wanted)


@repairs("error-loss-batch-size")
def test_both_are_flattened_in_one_order(case):
    """
    With batch first as they are, with time first after the targets are transposed.
    """
    _, scores = scored(case)
    batch_first = case.options["batch_first"]
    targets = torch.randint(CLASSES, (BATCH_SIZE, SEQ_LEN))
    rows = scores.reshape(-1, CLASSES)
    with pytest.raises(ValueError, match=r"input batch_size \(28\) to match target batch_size"):
        cross_entropy(rows, targets[:, 0])

    loss = cross_entropy(rows, (targets if batch_first else targets.T).reshape(-1))

    by_sequence = scores if batch_first else scores.transpose(0, 1)
    wanted = torch.stack([by_hand(s, t) for s, t in zip(by_sequence, targets, strict=True)])
    assert torch.allclose(loss, wanted.mean())


@repairs("error-loss-batch-size", proj_size=[0, 2])
def test_number_of_rows_tells_what_the_rows_are(case):
    """
    L, D*num_layers*N and D*L*N rows are the three mistakes; the top of h_n has N rows.
    """
    linear, _ = scored(case)
    targets = torch.randint(CLASSES, (BATCH_SIZE,))
    output, h_n = case.layer(case.x)[0], case.states()["h_n"]
    one = nn.Linear(case.features, CLASSES)
    step = output[-1] if case.options["batch_first"] else output[:, -1]  # the wrong axis
    mistakes = {SEQ_LEN: linear(step)}
    if len(h_n) > 1:
        mistakes[len(h_n) * BATCH_SIZE] = one(h_n.view(-1, case.features))
    if case.bidirectional:
        mistakes[2 * SEQ_LEN * BATCH_SIZE] = one(output.reshape(-1, case.features))
    for rows, scores in mistakes.items():
        with pytest.raises(ValueError, match=rf"input batch_size \({rows}\) to match"):
            cross_entropy(scores, targets)

    top = torch.cat([*h_n[-case.num_directions :]], dim=-1)

    time_first = output.transpose(0, 1) if case.options["batch_first"] else output
    ends = [time_first[-1, :, : case.features], time_first[0, :, case.features :]]
    assert torch.equal(top, torch.cat(ends[: case.num_directions], dim=-1))
    loss = cross_entropy(linear(top), targets)
    assert torch.allclose(loss, by_hand(linear(top), targets))


@repairs("error-loss-multi-target")
def test_targets_without_their_second_axis_are_class_numbers():
    """
    The repaired loss is that of the numbers, also for a batch of one.
    """
    for size in (1, 4):
        scores, targets = torch.randn(size, CLASSES), torch.randint(CLASSES, (size, 1))
        with pytest.raises(RuntimeError, match="multi-target not supported"):
            cross_entropy(scores, targets)

        loss = cross_entropy(scores, targets.squeeze(1))

        assert torch.allclose(loss, by_hand(scores, targets[:, 0]))


@repairs("error-loss-out-of-bounds")
def test_classes_counted_from_1_are_shifted_and_padding_is_not():
    """
    Each row is scored by its own class, and padding counts for nothing.
    """
    scores, from_1 = torch.randn(5, CLASSES), torch.tensor([1, 5, 9, -100, -100])
    with pytest.raises(IndexError, match="Target 9 is out of bounds"):
        cross_entropy(scores, from_1)
    with pytest.raises(IndexError, match="Target -101 is out of bounds"):
        cross_entropy(scores, from_1 - 1)

    loss = cross_entropy(scores, torch.where(from_1 == -100, from_1, from_1 - 1))

    assert torch.allclose(loss, by_hand(scores[:3], torch.tensor([0, 4, 8])))


@repairs("error-loss-out-of-bounds")
def test_ten_classes_need_a_linear_layer_of_ten():
    """
    Where the smallest class is 0 the layer is widened, and class 0 counts.
    """
    x, targets = torch.randn(4, 5), torch.tensor([0, 5, 9, 2])
    with pytest.raises(IndexError, match="Target 9 is out of bounds"):
        cross_entropy(nn.Linear(5, 9)(x), targets)

    scores = nn.Linear(5, 10)(x)

    loss = cross_entropy(scores, targets)
    assert torch.allclose(loss, by_hand(scores, targets))
    assert not torch.allclose(loss, by_hand(scores[1:], targets[1:]))


@repairs("error-loss-out-of-bounds")
def test_negative_padding_is_named():
    """
    With ignore_index=-1 the loss is that of the other rows.
    """
    scores, targets = torch.randn(4, CLASSES), torch.tensor([0, 5, -1, 2])
    with pytest.raises(IndexError, match="Target -1 is out of bounds"):
        cross_entropy(scores, targets)

    loss = cross_entropy(scores, targets, ignore_index=-1)

    assert torch.allclose(loss, by_hand(scores, targets))


@repairs("error-loss-target-type")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.int32])
def test_class_numbers_of_another_type_are_made_long(dtype):
    """
    Nothing is lost, and the loss is that of the numbers.
    """
    scores, numbers = torch.randn(4, CLASSES), torch.tensor([1, 5, 8, 0])
    targets = numbers.to(dtype)
    with pytest.raises(RuntimeError, match=NOT_LONG):
        cross_entropy(scores, targets)

    assert torch.equal(targets.long(), numbers)
    assert torch.allclose(cross_entropy(scores, targets.long()), by_hand(scores, numbers))


@repairs("error-loss-target-type")
def test_values_and_yes_or_no_need_another_loss():
    """
    Values are compared as they are, yes or no by the probability of yes.
    """
    forecast, values = torch.randn(4), torch.tensor([0.3, 0.7, 1.9, 0.2])
    score, yes = torch.randn(4, 1), torch.tensor([0.0, 1.0, 1.0, 0.0])
    for scores, targets in ((torch.randn(4, CLASSES), values), (score, yes)):
        with pytest.raises(RuntimeError, match=NOT_LONG):
            cross_entropy(scores, targets)
    assert values.long().tolist() == [0, 0, 1, 0]

    squares = sum((a - b) ** 2 for a, b in zip(forecast, values, strict=True)) / 4
    p = score.squeeze(-1).sigmoid()
    logs = -(yes * p.log() + (1 - yes) * (1 - p).log()).mean()

    assert torch.allclose(nn.MSELoss()(forecast, values), squares)
    assert torch.allclose(nn.BCEWithLogitsLoss()(score.squeeze(-1), yes), logs)


@repairs("error-loss-target-type")
def test_one_hot_floats_are_probabilities():
    """
    One-hot targets, as floats, give the loss of the class numbers.
    """
    scores, targets = torch.randn(4, CLASSES), torch.tensor([1, 5, 8, 0])
    one_hot = nn.functional.one_hot(targets, CLASSES)
    with pytest.raises(RuntimeError, match="class probabilities"):
        cross_entropy(scores, one_hot)

    assert torch.allclose(cross_entropy(scores, one_hot.float()), by_hand(scores, targets))


@repairs("error-loss-bce")
@pytest.mark.parametrize("shape", [(4,), (1,), (4, 7), (1, 7)])
def test_score_without_its_last_axis_meets_its_own_target(shape):
    """
    Each score is compared with its own target, for one or each step, and in a batch of one.
    """
    loss = nn.BCEWithLogitsLoss()
    scores, targets = torch.randn(*shape, 1), torch.randint(2, shape).float()
    with pytest.raises(ValueError, match="must be the same as input size"):
        loss(scores, targets)

    p = scores[..., 0].sigmoid()
    wanted = -(targets * p.log() + (1 - targets) * (1 - p).log()).mean()

    assert torch.allclose(loss(scores.squeeze(-1), targets), wanted, atol=1e-6)


@repairs("error-loss-mse")
@pytest.mark.parametrize("loss", [nn.MSELoss, nn.L1Loss, nn.SmoothL1Loss, nn.HuberLoss])
@pytest.mark.parametrize("shape", [(4,), (4, 7)])
def test_result_without_its_last_axis_meets_its_own_value(loss, shape):
    """
    Right results give no loss; before, the warned call compared each with each.
    """
    values = torch.randn(shape)
    results = values.unsqueeze(-1)
    if len(shape) == 1:
        with pytest.warns(UserWarning, match=r"Using a target size .* that is different"):
            wrong = loss()(results, values)
        assert wrong > 0.1

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert loss()(results.squeeze(-1), values) == 0
        other = torch.randn(shape)
        one_by_one = loss(reduction="none")(other, values).mean()
        assert torch.equal(loss()(other.unsqueeze(-1).squeeze(-1), values), one_by_one)


@repairs("error-loss-mse")
def test_bce_loss_raises_what_the_others_warn_of():
    """
    The error of nn.BCELoss begins with the same words, and the same repair serves.
    """
    p, targets = torch.rand(4, 1), torch.randint(2, (4,)).float()
    with pytest.raises(ValueError, match=r"Using a target size .* that is different"):
        nn.BCELoss()(p, targets)

    wanted = -(targets * p[:, 0].log() + (1 - targets) * (1 - p[:, 0]).log()).mean()

    assert torch.allclose(nn.BCELoss()(p.squeeze(-1), targets), wanted)
