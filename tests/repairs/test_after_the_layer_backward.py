"""The repairs of "Errors after the layer": backward."""

import copy

import pytest
import torch
from covers import LENGTHS, SEQ_LEN, repairs
from references import close, grads, mapped, one_alone, states_of
from torch import nn
from torch.nn.utils.rnn import pad_packed_sequence

TWICE = "Trying to backward through the graph a second time"
IN_PLACE = "modified by an inplace operation"


@repairs("error-backward-twice", proj_size=[0, 2])
def test_batch_is_run_from_the_state_before_it_with_no_gradients_left(case):
    """
    Output, state and gradients are those of a model that never made the mistake.
    """
    layer, linear = case.layer, nn.Linear(case.num_directions * case.features, 2)
    right_layer, right_linear = copy.deepcopy(layer), copy.deepcopy(linear)
    first, second = case.x, torch.rand_like(case.x)
    output, state = layer(first)
    linear(output).sum().backward()
    output, _ = layer(second, state)
    before = copy.deepcopy(grads(linear))
    with pytest.raises(RuntimeError, match=TWICE):
        linear(output).sum().backward()
    assert not close(grads(linear), before)  # the refused call has left something

    layer.zero_grad()
    linear.zero_grad()
    output, after = layer(second, mapped(state, torch.Tensor.detach))
    linear(output).sum().backward()

    with torch.no_grad():
        _, right_state = right_layer(first)
    right_output, right_after = right_layer(second, right_state)
    right_linear(right_output).sum().backward()
    assert torch.allclose(output, right_output, atol=1e-6)
    assert close(states_of(after), states_of(right_after))
    assert close(grads(layer, linear), grads(right_layer, right_linear))


@repairs("error-backward-twice", bidirectional=[False], proj_size=[0, 2])
def test_loop_carries_the_numbers_and_no_gradient(case):
    """
    The loop of the section runs, and with weights that stay its outputs are those of one call.
    """
    optimizer = torch.optim.SGD(case.layer.parameters(), lr=0.0)
    axis = 1 if case.options["batch_first"] else 0
    x = torch.randn_like(case.x.repeat_interleave(3, dim=axis)).requires_grad_()
    state, outputs = None, []
    for part in x.chunk(3, dim=axis):
        output, state = case.layer(part, state)
        optimizer.zero_grad()
        output.pow(2).mean().backward()
        optimizer.step()
        state = mapped(state, torch.Tensor.detach)
        outputs.append(output)

    whole, _ = case.layer(x)
    assert torch.allclose(torch.cat(outputs, dim=axis), whole, atol=1e-6)
    alone, _ = case.layer(x.chunk(3, dim=axis)[2].detach().requires_grad_(), state)
    assert alone.requires_grad
    assert not any(part.requires_grad for part in states_of(state))


@repairs("error-backward-twice")
def test_what_was_computed_once_is_computed_in_each_batch(case):
    """
    A start from a linear layer, outside the loop, has the message; inside, its gradients add up.
    """
    rows = case.num_directions * case.sizes[2]
    start, z = nn.Linear(2, 5), torch.randn(rows, 4, 2)

    def run(h_0):
        state = (h_0, torch.zeros_like(h_0)) if case.kind == "LSTM" else h_0
        return case.layer(case.x, state)[0].sum()

    h_0 = start(z)
    run(h_0).backward()
    with pytest.raises(RuntimeError, match=TWICE):
        run(h_0).backward()

    start.zero_grad()
    run(start(z)).backward()
    once = copy.deepcopy(grads(start))
    run(start(z)).backward()

    assert close(grads(start), [2 * grad for grad in once])


@repairs("error-backward-twice")
def test_losses_are_added_up_as_numbers_or_before_one_call(case):
    """
    A sum that holds graphs and two calls through one output have the message; one call has not.
    """
    total = torch.zeros(())
    total = total + case.layer(case.x)[0].sum()
    total.backward()
    total = total + case.layer(case.x)[0].sum()
    with pytest.raises(RuntimeError, match=TWICE):
        total.backward()
    case.layer.zero_grad()
    output, _ = case.layer(case.x)
    output[0, 0].sum().backward()
    with pytest.raises(RuntimeError, match=TWICE):
        output[1, 1].sum().backward()

    case.layer.zero_grad()
    output, _ = case.layer(case.x)
    (output[0, 0].sum() + output[1, 1].sum()).backward()

    together = copy.deepcopy(grads(case.layer))
    case.layer.zero_grad()
    for place in ((0, 0), (1, 1)):
        case.layer(case.x)[0][place].sum().backward()
    assert close(together, grads(case.layer))


@repairs("error-inplace", proj_size=[0, 2])
def test_detached_state_after_a_step_of_the_optimizer(case):
    """
    The gradients are those of the second batch alone, as in a model that never made the mistake.
    """
    linear = nn.Linear(case.num_directions * case.features, 2)
    optimizer = torch.optim.SGD([*case.layer.parameters(), *linear.parameters()], lr=0.1)
    first, second = case.x, torch.rand_like(case.x)
    output, state = case.layer(first)
    linear(output).sum().backward(retain_graph=True)
    optimizer.step()
    output, _ = case.layer(second, state)
    with pytest.raises(RuntimeError, match=IN_PLACE):
        linear(output).sum().backward()

    optimizer.zero_grad()
    fresh_layer, fresh_linear = copy.deepcopy(case.layer), copy.deepcopy(linear)
    output, _ = case.layer(second, mapped(state, torch.Tensor.detach))
    linear(output).sum().backward()

    fresh_linear(fresh_layer(second, mapped(state, torch.Tensor.detach))[0]).sum().backward()
    assert close(grads(case.layer, linear), grads(fresh_layer, fresh_linear))


@repairs("error-inplace", proj_size=[0, 2])
def test_new_tensors_in_place_of_changed_results(case):
    """
    Padding masked with masked_fill is 0, and the gradient is that of the real steps.
    """
    padding = torch.arange(SEQ_LEN).unsqueeze(1) >= torch.tensor(LENGTHS)
    padding = padding.T if case.options["batch_first"] else padding
    output, _ = case.layer(case.x)
    if case.kind == "LSTM" and not case.bidirectional and case.features == 5:
        output[padding] = 0
        with pytest.raises(RuntimeError, match=IN_PLACE):
            output.sum().backward()
        case.layer.zero_grad()

    output, _ = case.layer(case.x)
    output = output.masked_fill(padding.unsqueeze(-1), 0)
    output.sum().backward()

    assert not output[padding].any()
    masked = copy.deepcopy(grads(case.layer))
    case.layer.zero_grad()
    case.layer(case.x)[0][~padding].sum().backward()
    assert close(grads(case.layer), masked)


@repairs("error-inplace")
def test_state_of_a_cell_is_reset_by_a_new_tensor():
    """
    In the loop over an RNNCell a sequence is set back to 0 by torch.where.
    """
    cell, x = nn.RNNCell(3, 5), torch.randn(SEQ_LEN, 4, 3)
    done = torch.tensor([False, True, False, False]).unsqueeze(-1)

    def run(reset):
        h, total = torch.zeros(4, 5), 0.0
        for x_t in x:
            h = reset(cell(x_t, h))
            total = total + h.sum()
        return total

    def change(h):
        h[1] = 0
        return h

    with pytest.raises(RuntimeError, match=IN_PLACE):
        run(change).backward()

    cell.zero_grad()
    run(lambda h: torch.where(done, 0.0, h)).backward()

    found = copy.deepcopy(grads(cell))
    x = x[:, [0, 2, 3]]  # the others go on without it
    cell.zero_grad()
    h, total = torch.zeros(3, 5), 0.0
    for x_t in x:
        h = cell(x_t, h)
        total = total + h.sum()
    total.backward()
    assert close(found, grads(cell))


@repairs("error-backward-scalar")
def test_mean_over_real_steps_is_one_number(case):
    """
    The mean of a loss for each element counts the real steps alone, in either layout.
    """
    output, _ = case.layer(case.x)
    with pytest.raises(RuntimeError, match="only for scalar outputs"):
        output.backward(retain_graph=True)
    targets = torch.randn_like(output)
    losses = nn.functional.mse_loss(output, targets, reduction="none")
    with pytest.raises(RuntimeError, match="only for scalar outputs"):
        losses.backward(retain_graph=True)

    lengths = torch.tensor(LENGTHS)
    if case.options["batch_first"]:
        real = torch.arange(SEQ_LEN) < lengths.unsqueeze(1)
    else:
        real = torch.arange(SEQ_LEN).unsqueeze(1) < lengths
    loss = losses[real].mean()
    loss.backward()

    time_first = losses.transpose(0, 1) if case.options["batch_first"] else losses
    wanted = torch.cat([time_first[:length, k] for k, length in enumerate(LENGTHS)]).mean()
    assert torch.allclose(loss, wanted)
    assert all(grad.any() for grad in grads(case.layer))


@repairs("error-numpy")
def test_detached_results_keep_their_numbers(case):
    """
    The array holds what the tensor holds, for output and states.
    """
    output, state = case.layer(case.x)
    for tensor in (output, *states_of(state)):
        with pytest.raises(
            RuntimeError, match=r"Can't call numpy\(\) on Tensor that requires grad"
        ):
            tensor.numpy()

        assert tensor.detach().cpu().numpy().tolist() == tensor.tolist()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        short = case.layer(case.x)[0]
    assert (short.dtype == torch.bfloat16) == (case.kind != "GRU")  # on a CPU
    short = short.bfloat16()
    with pytest.raises(TypeError, match="unsupported ScalarType BFloat16"):
        short.detach().numpy()
    assert torch.equal(torch.from_numpy(short.detach().float().numpy()), short.float())
    with torch.no_grad():
        array = case.layer(case.x)[0].numpy()
    assert torch.allclose(torch.from_numpy(array), output, atol=1e-6)


@repairs("error-numpy", layouts=["packed"], proj_size=[0, 2])
def test_packed_output_is_unpacked_for_numpy(case):
    """
    The packed one has no detach; unpacked, each sequence is that of the layer alone.
    """
    packed, _ = case.layer(case.packed())
    with pytest.raises(AttributeError, match="'PackedSequence' object has no attribute 'detach'"):
        packed.detach()

    array = pad_packed_sequence(packed)[0].detach().numpy()

    for row, length in enumerate(LENGTHS):
        right, _ = one_alone(case, case.x, row, length)
        assert close(torch.from_numpy(array[:length, row]), right)


@repairs("error-leaf-inplace", proj_size=[0, 2])
def test_weights_changed_without_gradient_are_used_and_trained(case):
    """
    The refused lines change nothing; after the repair the layer computes with the new bias.
    """
    start = copy.deepcopy(case.layer.state_dict())
    with pytest.raises(RuntimeError, match=r"^a view of a leaf Variable that requires grad"):
        case.layer.bias_ih_l0[2:4].fill_(1.0)
    with pytest.raises(RuntimeError, match=r"^a leaf Variable that requires grad"):
        case.layer.bias_hh_l0.fill_(0.0)
    assert all(torch.equal(value, start[name]) for name, value in case.layer.state_dict().items())

    with torch.no_grad():
        case.layer.bias_ih_l0[2:4].fill_(1.0)
        case.layer.bias_hh_l0.fill_(0.0)

    output, _ = case.layer(case.x)
    start["bias_ih_l0"][2:4], start["bias_hh_l0"] = 1.0, torch.zeros_like(start["bias_hh_l0"])
    fresh = copy.deepcopy(case.layer)
    fresh.load_state_dict(start)
    assert torch.equal(output, fresh(case.x)[0])
    output.sum().backward()
    assert all(grad.any() for grad in grads(case.layer))


@repairs("error-leaf-inplace")
def test_rows_of_a_learnable_state_have_the_message_too():
    """
    Changed without a gradient, they hold the number and still learn.
    """
    h_0 = nn.Parameter(torch.randn(2, 1, 5))
    with pytest.raises(RuntimeError, match=r"^a view of a leaf Variable that requires grad"):
        h_0[0].fill_(1.0)

    with torch.no_grad():
        h_0[0].fill_(1.0)

    nn.GRU(3, 5, 2)(torch.randn(7, 4, 3), h_0.expand(-1, 4, -1).contiguous())[0].sum().backward()
    assert h_0[0].eq(1).all()
    assert h_0.grad.any(dim=-1).all()
