"""The recipe of "Ask at the terminal" that has an example."""

import json

from covers import repairs
from references import states_of

from rnn_guide.__main__ import main


@repairs("answer-as-json", layouts=["batched", "unbatched"], proj_size=[0, 2])
def test_json_says_what_the_layer_does(case, capsys):
    """
    Every shape and the number of parameters are those of the layer of PyTorch.
    """
    input_size, hidden_size, num_layers = case.sizes
    command = [case.kind.lower(), f"--input-size={input_size}", f"--hidden-size={hidden_size}"]
    command += [f"--num-layers={num_layers}", "--seq-len=7", "--json"]
    command += [f"--batch-size={case.batch_size}"] if case.batch_size else ["--unbatched"]
    command += ["--bidirectional"] * case.bidirectional
    command += ["--batch-first"] * case.options["batch_first"]
    command += [f"--proj-size={size}" for size in [case.options.get("proj_size")] if size]

    main(command)

    answer = json.loads(capsys.readouterr().out)
    shapes = {name: tensor["shape"] for name, tensor in answer["tensors"].items()}
    output, state = case.layer(case.x)
    assert shapes["input"] == list(case.x.shape)
    assert shapes["output"] == list(output.shape)
    for name, tensor in zip("hc", states_of(state), strict=False):
        assert shapes[f"{name}_0"] == shapes[f"{name}_n"] == list(tensor.shape)
    assert len(shapes) == 2 + 2 * len(states_of(state))
    assert answer["parameter_count"] == sum(p.numel() for p in case.layer.parameters())
