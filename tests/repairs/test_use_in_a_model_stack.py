"""The recipes of "Use a recurrent layer in a model": stacks, and one sequence of a batch."""

import torch
from covers import HIDDEN_SIZE, INPUT_SIZE, repairs
from references import alone, close, real_steps, states_of, time_first


@repairs("layers-of-other-sizes", num_layers=[2], proj_size=[0, 2])
def test_stack_of_single_layers(case):
    """
    With the weights of two layers it is these two; residuals are added where the shapes fit.
    """
    width = case.num_directions * case.features
    options = {**case.options, "num_layers": 1}
    layers = [type(case.layer)(size, HIDDEN_SIZE, **options) for size in (INPUT_SIZE, width)]
    for k, layer in enumerate(layers):
        names = [name for name in case.layer.state_dict() if f"_l{k}" in name]
        weights = {name.replace(f"_l{k}", "_l0"): case.layer.state_dict()[name] for name in names}
        layer.load_state_dict(weights)

    def stack(x, residual):
        states = []
        for layer in layers:
            output, state = layer(x)
            x = x + output if residual and x.shape == output.shape else output
            states.append(states_of(state))
        return x, [torch.cat(parts) for parts in zip(*states, strict=True)]

    output, state = case.layer(case.x)
    stacked, states = stack(case.x, residual=False)
    assert close((stacked, *states), (output, *states_of(state)))
    below, _ = layers[0](case.x)
    added, _ = stack(case.x, residual=True)
    assert close([added], [below + output])
    added.sum().backward()
    assert all(p.grad.any() for layer in layers for p in layer.parameters())


@repairs("determinism", proj_size=[0, 2], dtypes=[torch.float32, torch.float64])
def test_sequence_alone_is_the_one_in_the_batch(case):
    """
    Output and states agree within rounding, and not with those of another sequence.
    """
    output, state = case.layer(case.x)
    outputs, states = alone(case.layer, real_steps(case, case.x, [7] * 4))

    assert close(time_first(case, output).unbind(1), outputs)
    assert close(states_of(state), states)
    assert not close(outputs[:1], outputs[1:2])
