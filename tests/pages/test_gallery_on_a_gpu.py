"""
The lines of the gallery that look for a GPU, run with a stand-in for one.

The stand-in is no GPU: it shows that the lines run, and not what a GPU computes.
"""

import re
from pathlib import Path

import pytest
import torch
from stand_in import stand_in

GALLERY = Path(__file__).parents[2] / "gallery"
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in sorted(GALLERY.glob("**/*.py"))}
SCRIPTS = {name: text for name, text in TEXTS.items() if "cuda" in text}
#: What moves a tensor or a layer to another device.
MOVE = re.compile(r"\.(to\(device\)|to\(\"\w+\"\)|cuda\(\)|cpu\(\))")
MOVES = [(name, *match.span()) for name in SCRIPTS for match in MOVE.finditer(SCRIPTS[name])]


def run(name: str, text: str) -> dict[str, object]:
    """Run a script and return its names."""
    names = {"__name__": "__main__"}
    with stand_in():
        exec(compile(text, name, "exec"), names)
    return names


class TestScripts:
    @pytest.mark.parametrize("name", SCRIPTS)
    def test_runs_through(self, name):
        """A script that looks for a GPU and finds one computes there, and ends well."""
        names = run(name, SCRIPTS[name])

        assert names["device"] == "cuda"
        assert any(isinstance(value, torch.Tensor) and value.is_cuda for value in names.values())

    @pytest.mark.parametrize(("name", "start", "end"), MOVES)
    def test_every_move_is_needed(self, name, start, end):
        """Without any one of its moves to a device, a script fails as it does on a GPU."""
        text = SCRIPTS[name]

        with pytest.raises(RuntimeError, match=r"not (at|on) the same device"):
            run(name, text[:start] + text[end:])


class TestDemonstration:
    def test_compares_with_the_cpu(self):
        """The numbers of both devices are compared; here the CPU computes both."""
        names = run("demonstration", SCRIPTS["plot_2_bidirectional_demonstration.py"])

        assert names["difference"] == 0


class TestStandIn:
    def test_refuses_two_devices(self):
        """Two tensors on two devices cannot be added, a tensor and a number can."""
        with stand_in():
            on_gpu, on_cpu = torch.ones(3, device="cuda"), torch.ones(3)

            assert torch.equal((on_gpu + torch.tensor(1.0)).cpu(), on_cpu + 1)
            with pytest.raises(RuntimeError, match="not on the same device"):
                on_gpu + on_cpu
