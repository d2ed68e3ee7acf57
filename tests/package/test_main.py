"""The command ``python -m rnn_guide``."""

import contextlib
import io
import json
import subprocess
import sys

import pytest
import torch
from hypothesis import given
from layers import Case, cases

from rnn_guide import symbolic_shapes
from rnn_guide.__main__ import main

DEMONSTRATION = (
    "lstm --input-size 3 --hidden-size 5 --num-layers 3 --bidirectional --seq-len 7 --batch-size 4"
)


def command(case: Case) -> list[str]:
    """Return the arguments that describe a layer and its input."""
    names = ("--input-size", "--hidden-size", "--num-layers")
    arguments = [case.kind.lower(), f"--seq-len={case.seq_len}"]
    arguments += [f"{name}={size}" for name, size in zip(names, case.sizes, strict=True)]
    unbatched = case.batch_size is None
    arguments.append("--unbatched" if unbatched else f"--batch-size={case.batch_size}")
    if case.options.get("proj_size"):
        arguments.append(f"--proj-size={case.options['proj_size']}")
    arguments += [f"--{flag.replace('_', '-')}" for flag, on in case.options.items() if on is True]
    return arguments if case.bias else [*arguments, "--no-bias"]


@pytest.fixture(scope="module")
def capture():
    """Return a function that runs the command and returns what it prints."""

    def run(*arguments: str) -> str:
        with contextlib.redirect_stdout(io.StringIO()) as text:
            main(arguments)
        return text.getvalue()

    return run


class TestJson:
    @given(case=cases())
    def test_agrees_with_the_layer(self, case, capture):
        """
        Shapes, parameters, their count and the order of rows are those of the real layer.
        """
        answer = json.loads(capture(*command(case), "--json"))

        output, states = case.layer(case.x)[0], case.states()
        tensors = {"input": case.x, "output": output, **states}
        for name, tensor in tensors.items():
            assert answer["tensors"][name]["shape"] == list(tensor.shape)
            start = answer["tensors"].get(name.replace("_n", "_0"))
            assert start is None or start["shape"] == list(tensor.shape)
        symbols = symbolic_shapes(
            case.kind,
            layout="unbatched" if case.batch_size is None else "batched",
            batch_first=case.options["batch_first"],
        )
        for name, axes in symbols.items():
            assert answer["tensors"][name]["symbols"] == list(axes)
        parameters = {name: list(p.shape) for name, p in case.layer.named_parameters()}
        assert answer["parameters"] == parameters
        assert answer["parameter_count"] == sum(p.numel() for p in case.layer.parameters())
        assert len(answer["rows"]) == len(states["h_n"])

    @given(case=cases())
    def test_its_code_runs(self, case, capture):
        """
        The lines of code make this layer, call it and split what it returns.
        """
        answer = json.loads(capture(*command(case), "--json"))
        names = {}

        exec("\n".join(answer["code"]), names)

        assert str(names[case.kind.lower()]) == str(case.layer)
        assert names["output"].shape == case.layer(case.x)[0].shape
        if case.bidirectional:
            assert torch.equal(
                torch.cat([names["forward"], names["backward"]], -1), names["output"]
            )
            layer = answer["rows"][-1]["layer"]
            assert answer["rows"][-1]["direction"] == "backward"
            assert torch.equal(names["h_backward"][layer], names["h_n"][-1])


class TestText:
    def test_shows_everything(self, capture):
        """
        The tables hold symbols, numbers, rows, parameters, their count, and the code.
        """
        text = capture(*DEMONSTRATION.split())

        for line in (
            "torch.nn.LSTM(3, 5, num_layers=3, bidirectional=True)",
            "tensor  symbols                    shape",
            "output  (L, N, D*H_out)            (7, 4, 10)",
            "c_n     (D*num_layers, N, H_cell)  (6, 4, 5)",
            "rows of h_n and c_n",
            "[5]                  layer 2  backward",
            "parameter             shape     count",
            "weight_ih_l1_reverse  (20, 10)  200",
            "all parameters                  1760",
            "c_forward, c_backward = split_state(c_n)",
        ):
            assert line in text.splitlines()

    def test_defaults_are_those_of_the_layer(self, capture):
        """What is left out is as in PyTorch."""
        text = capture("lstm", "--input-size=3", "--hidden-size=5", "--seq-len=7", "--unbatched")

        assert text.startswith("torch.nn.LSTM(3, 5)\n")


class TestErrors:
    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            (
                "gru --input-size 3 --hidden-size 5 --seq-len 7 --unbatched --bi",
                "unrecognized arguments: --bi",
            ),
            (
                "gru --input-size 3 --hidden-size 5 --seq-len 7",
                "one of the arguments --batch-size --unbatched is required",
            ),
            (
                "gru --input-size 3 --hidden-size 0 --seq-len 7 --batch-size 4",
                "hidden_size must be an integer of at least 1, got 0; was it never set?",
            ),
            (
                "gru --input-size 3 --hidden-size 5 --seq-len 7 --unbatched --proj-size 2",
                "proj_size must be left out for GRU, got 2; only nn.LSTM projects its state: did "
                'you mean kind="LSTM"?',
            ),
            (
                "gru --input-size 3 --hidden-size five --seq-len 7",
                "argument --hidden-size: invalid int value: 'five'",
            ),
            (
                "gru --input-size 3",
                "the following arguments are required: --hidden-size, --seq-len",
            ),
        ],
    )
    def test_one_line_and_status_2(self, arguments, expected, capsys):
        """A mistake is answered in one line, with status 2."""
        with pytest.raises(SystemExit) as stop:
            main(arguments.split())

        assert stop.value.code == 2
        assert capsys.readouterr() == ("", f"python -m rnn_guide: error: {expected}\n")


class TestStart:
    def test_loads_no_torch(self):
        """
        The answer needs no torch, which would take a second to load.
        """
        command = [sys.executable, "-X", "importtime", "-m", "rnn_guide", *DEMONSTRATION.split()]

        done = subprocess.run(command, capture_output=True, text=True, check=True)

        assert "argparse" in done.stderr  # the list of imports
        assert "torch" not in done.stderr
