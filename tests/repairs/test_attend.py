"""The recipes of "Attend over the output of an encoder"."""

import math

import pytest
import torch
from covers import BATCH_SIZE, LENGTHS, SEQ_LEN, repairs
from layers import KINDS
from torch import nn
from torch.nn.functional import scaled_dot_product_attention
from torch.nn.utils.rnn import pad_packed_sequence

T = 2  # queries
MINUS_INFINITY = float("-inf")
NUMBERS = range(BATCH_SIZE)


def encoded(case):
    """Return the keys with the batch first, as the page says to make them."""
    keys, _ = case.layer(case.x)
    return keys if case.options["batch_first"] else keys.transpose(0, 1)


def alone(case, lengths=(SEQ_LEN,) * BATCH_SIZE):
    """Return the keys of each sequence, cut to its length and run without a batch."""
    batch = case.x if case.options["batch_first"] else case.x.transpose(0, 1)
    return [case.layer(x[:n])[0] for x, n in zip(batch, lengths, strict=True)]


def attend(query, keys):
    """Return the context of one query over the steps of one sequence, step by step."""
    powers = [math.exp(float(query.detach() @ key)) for key in keys.detach()]
    weighted = [power / sum(powers) * key for power, key in zip(powers, keys, strict=True)]
    return torch.stack(weighted).sum(dim=0)


def contexts(queries, keys):
    """Return the contexts of all queries, (N, T, D*H_out), by loops."""
    rows = [torch.stack([attend(q, keys[n]) for q in queries[n]]) for n in range(len(keys))]
    return torch.stack(rows)


def recipe(query, keys, padding=None):
    """Return the context of the page."""
    scores = query @ keys.transpose(1, 2)
    assert scores.shape == (len(keys), query.shape[1], keys.shape[1])
    if padding is not None:
        scores = scores.masked_fill(padding, MINUS_INFINITY)
    return scores.softmax(dim=-1) @ keys


def padding_of(keys, lengths=LENGTHS):
    """Return the mask of the page, (N, 1, L)."""
    lengths = torch.as_tensor(lengths, device=keys.device)
    return torch.arange(keys.shape[1], device=keys.device) >= lengths.view(-1, 1, 1)


def close(one, other):
    """Say whether two results are one, but for rounding."""
    return torch.allclose(one, other, atol=1e-5)


@repairs("attend", proj_size=[0, 2])
def test_context_is_the_weighted_sum(case):
    """
    The context is that of loops over each sequence alone; with the time first it broadcasts.
    """
    keys = encoded(case)
    query = torch.randn(BATCH_SIZE, T, keys.shape[-1])
    right = contexts(query, alone(case))
    assert not close((query @ keys.transpose(1, 2)).softmax(dim=1) @ keys, right)
    if not case.options["batch_first"]:
        raw, _ = case.layer(case.x)
        one_step = query[:, :1].transpose(0, 1)  # (1, N, ...), as a time-first decoder has it
        wrong = one_step @ keys.transpose(1, 2)
        assert wrong.shape == (BATCH_SIZE, BATCH_SIZE, SEQ_LEN)  # no error
        assert (one_step @ raw.transpose(1, 2)).shape == (SEQ_LEN, BATCH_SIZE, BATCH_SIZE)

    context = recipe(query, keys)

    assert close(context, right)
    context.sum().backward()
    assert all(parameter.grad.any() for parameter in case.layer.parameters())


@repairs("query-of-one-step", bidirectional=[False])
def test_query_has_an_axis_of_steps(case):
    """
    A state of the decoder broadcasts without one; with it each sequence has its own scores.
    """
    keys = torch.randn(BATCH_SIZE, SEQ_LEN, case.features)
    h_n = case.states()["h_n"]
    for wrong in (h_n[-1], h_n[-1:]):
        assert (wrong @ keys.transpose(1, 2)).shape == (BATCH_SIZE, BATCH_SIZE, SEQ_LEN)

    query = h_n[-1].unsqueeze(1)

    scores = query @ keys.transpose(1, 2)
    assert scores.shape == (BATCH_SIZE, 1, SEQ_LEN)
    assert close(scores[:, 0], torch.stack([keys[n] @ h_n[-1, n] for n in NUMBERS]))
    assert close(recipe(query, keys), contexts(query, keys))


@repairs("which-axis-for-softmax")
@pytest.mark.parametrize("batch_size", [1, 4])
def test_weights_add_up_over_the_steps(batch_size):
    """
    Only over the last axis the context lies between the steps; over a batch of one all is 1.
    """
    query, keys = torch.randn(batch_size, T, 10), torch.randn(batch_size, SEQ_LEN, 10)
    scores = query @ keys.transpose(1, 2)
    wrong = scores.softmax(dim=0)
    assert bool((wrong == 1).all()) == (batch_size == 1)

    weights = scores.softmax(dim=-1)

    assert close(weights.sum(dim=-1), torch.ones(batch_size, T))
    assert close(weights @ keys, contexts(query, keys))
    turned = (keys @ query[:, :1].transpose(1, 2)).softmax(dim=1)  # (N, L, 1)
    assert close(turned.squeeze(-1), weights[:, 0])


@repairs("sizes-of-encoder-and-decoder", bidirectional=[True], proj_size=[0, 2])
def test_linear_layer_brings_the_query_to_the_size_of_the_keys(case):
    """
    Another size is refused; a linear layer, or a decoder of twice the size, fits.
    """
    keys = encoded(case)
    y = torch.randn(BATCH_SIZE, T, 3)
    output, _ = KINDS[case.kind](3, 6, batch_first=True)(y)
    with pytest.raises(RuntimeError, match="Expected size for first two dimensions"):
        output @ keys.transpose(1, 2)

    to_query = nn.Linear(6, 2 * case.features)
    query = to_query(output)
    as_wide, _ = KINDS[case.kind](3, 2 * case.features, batch_first=True)(y)

    assert close(recipe(query, keys), contexts(query, alone(case)))
    assert close(recipe(as_wide, keys), contexts(as_wide, alone(case)))
    recipe(query, keys).square().sum().backward()
    assert to_query.weight.grad.any()


@repairs("sizes-of-encoder-and-decoder")
def test_scaled_scores_see_more_than_one_step():
    """
    Large vectors give weights near 0 and 1; divided by the root of the size they do not.
    """
    query, keys = torch.randn(50, 1, 512), torch.randn(50, SEQ_LEN, 512)
    scores = query @ keys.transpose(1, 2)
    assert scores.softmax(dim=-1).amax(dim=-1).mean() > 0.9

    assert (scores / keys.shape[-1] ** 0.5).softmax(dim=-1).amax(dim=-1).mean() < 0.6


@repairs("attention-and-padding", layouts=["packed"], proj_size=[0, 2])
def test_padding_has_no_weight(case):
    """
    Packed and masked, each context is that of its sequence alone; only one of both is not enough.
    """
    packed_output, _ = case.layer(case.packed())
    keys, _ = pad_packed_sequence(packed_output, batch_first=True)
    query = torch.randn(BATCH_SIZE, T, keys.shape[-1])
    right = contexts(query, alone(case, LENGTHS))
    assert not close(recipe(query, keys), right)
    unpacked = encoded(case)
    assert close(recipe(query, unpacked, padding_of(unpacked)), right) != case.bidirectional

    context = recipe(query, keys, padding_of(keys))

    assert close(context, right)
    context.sum().backward()
    assert all(parameter.grad.any() for parameter in case.layer.parameters())


@repairs("attention-and-padding")
def test_mask_has_the_width_and_device_of_the_keys():
    """
    A mask of another width or device is refused; made from the keys it fits.
    """
    keys = torch.randn(2, 5, 10)
    scores = torch.randn(2, T, 10) @ keys.transpose(1, 2)
    with pytest.raises(RuntimeError, match="must match"):
        scores.masked_fill(torch.arange(7) >= torch.tensor([5, 4]).view(2, 1, 1), MINUS_INFINITY)
    assert scores.masked_fill(padding_of(keys, [5, 4]), MINUS_INFINITY).shape == scores.shape

    by_head = torch.randn(2, 2, T, 5)  # as many heads as sequences
    wrong, right = padding_of(keys, [5, 2]), padding_of(keys, [5, 2]).unsqueeze(1)
    assert (by_head.masked_fill(right, MINUS_INFINITY).isinf().sum(dim=-1) == 3).tolist() == [
        [[False] * T] * 2,
        [[True] * T] * 2,
    ]
    assert not by_head.masked_fill(wrong, MINUS_INFINITY)[1, 0].isinf().any()
    assert by_head.masked_fill(wrong, MINUS_INFINITY)[0, 1].isinf().any()

    elsewhere = keys.to("meta")
    with pytest.raises(RuntimeError, match="device"):
        torch.ge(torch.arange(5, device="meta"), torch.tensor([5, 4]).view(-1, 1, 1))
    padding = padding_of(elsewhere, torch.tensor([5, 4]))
    assert recipe(torch.randn(2, T, 10, device="meta"), elsewhere, padding).device.type == "meta"


@repairs("attention-without-a-real-step")
def test_sequence_without_a_step_has_weights_of_zero():
    """
    The softmax is nan, and every gradient; unmasked and then set to 0, others stay as they are.
    """
    query = torch.randn(BATCH_SIZE, T, 10)
    keys = torch.randn(BATCH_SIZE, SEQ_LEN, 10, requires_grad=True)
    lengths = [2, 0, 7, 0]
    padding = padding_of(keys, lengths)
    wrong = recipe(query, keys, padding)
    assert wrong.isnan().any(dim=-1)[:, 0].tolist() == [False, True, False, True]
    assert torch.autograd.grad(wrong.sum(), keys)[0].isnan().any()

    empty = padding.all(dim=-1, keepdim=True)
    scores = (query @ keys.transpose(1, 2)).masked_fill(padding & ~empty, MINUS_INFINITY)
    context = scores.softmax(dim=-1).masked_fill(empty, 0.0) @ keys

    for n, length in enumerate(lengths):
        if length:
            assert close(context[n], contexts(query[n : n + 1], keys[n : n + 1, :length])[0])
        else:
            assert not context[n].any()
    (gradient,) = torch.autograd.grad(context.sum(), keys)
    assert gradient.isfinite().all()
    assert gradient.flatten(1).any(dim=1).tolist() == [True, False, True, False]


@repairs("attention-in-one-call", layouts=["packed"], proj_size=[0, 2])
def test_one_call_is_the_recipe(case):
    """
    With the mask of real steps the call is the scaled recipe; with the other one it is not.
    """
    keys, _ = pad_packed_sequence(case.layer(case.packed())[0], batch_first=True)
    query, padding = torch.randn(BATCH_SIZE, T, keys.shape[-1]), padding_of(keys)
    scaled = query / keys.shape[-1] ** 0.5
    right = contexts(scaled, alone(case, LENGTHS))
    assert not close(scaled_dot_product_attention(query, keys, keys, attn_mask=padding), right)

    context = scaled_dot_product_attention(query, keys, keys, attn_mask=~padding)

    assert close(context, right)
    assert close(recipe(scaled, keys, padding), right)


@repairs("attention-in-one-call")
@pytest.mark.parametrize("batch_first", [True, False])
def test_heads_leave_out_what_is_true(batch_first):
    """
    The mask of padding gives the context of the cut sequence; its opposite another one, or nan.
    """
    query, keys = torch.randn(BATCH_SIZE, T, 6), torch.randn(BATCH_SIZE, SEQ_LEN, 10)
    attention = nn.MultiheadAttention(6, 2, kdim=10, vdim=10, batch_first=batch_first)
    padding = padding_of(keys).squeeze(1)

    def call(mask):
        turned = (query, keys) if batch_first else (query.transpose(0, 1), keys.transpose(0, 1))
        context, weights = attention(turned[0], turned[1], turned[1], key_padding_mask=mask)
        return (context if batch_first else context.transpose(0, 1)), weights

    wrong, _ = call(~padding)
    context, weights = call(padding)

    full = [length == SEQ_LEN for length in LENGTHS]
    assert wrong.isnan().flatten(1).any(dim=1).tolist() == full
    assert weights.shape == (BATCH_SIZE, T, SEQ_LEN)
    for n, length in enumerate(LENGTHS):
        cut = keys[n, None, :length]
        one = query[n, None]
        if not batch_first:
            one, cut = one.transpose(0, 1), cut.transpose(0, 1)
        assert close(context[n], attention(one, cut, cut)[0].reshape(T, 6))
        assert not close(wrong[n], context[n])
        assert not weights[n, :, length:].any()


@repairs("attention-in-one-call")
def test_both_masks_of_the_heads_have_one_meaning():
    """
    What is True in attn_mask is left out too, for every sequence.
    """
    query, keys = torch.randn(BATCH_SIZE, T, 10), torch.randn(BATCH_SIZE, SEQ_LEN, 10)
    attention = nn.MultiheadAttention(10, 2, batch_first=True)
    late = torch.zeros(T, SEQ_LEN, dtype=torch.bool)
    late[:, 4:] = True

    context, _ = attention(query, keys, keys, attn_mask=late)

    assert close(context, attention(query, keys[:, :4], keys[:, :4])[0])
    assert not close(context, attention(query, keys[:, 4:], keys[:, 4:])[0])


@repairs("attention-in-one-call")
def test_sequence_that_is_left_out_whole():
    """
    The table: 0 of the one call, nan of the heads with their weights, their bias without.
    """
    query, keys = torch.randn(2, T, 10), torch.randn(2, SEQ_LEN, 10)
    padding = padding_of(keys, [0, 7])
    attention = nn.MultiheadAttention(10, 2, batch_first=True)
    nn.init.constant_(attention.out_proj.bias, 3.0)
    left_out = {"key_padding_mask": padding.squeeze(1)}

    assert not scaled_dot_product_attention(query, keys, keys, attn_mask=~padding)[0].any()
    assert attention(query, keys, keys, **left_out)[0][0].isnan().all()
    without, _ = attention(query, keys, keys, need_weights=False, **left_out)
    assert (without[0] == 3).all()
    assert recipe(query, keys, padding)[0].isnan().all()
