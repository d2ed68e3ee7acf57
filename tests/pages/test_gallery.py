"""Every gallery script runs to its end: what it says is asserted in it."""

import runpy

import pytest
import torch
from examples import ROOT

SCRIPTS = sorted((ROOT / "gallery").glob("plot_*.py"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_runs(script, capsys):
    """
    A script runs with each release of PyTorch, asserts what it says, and prints.
    """
    with torch.random.fork_rng():
        runpy.run_path(str(script))

    assert capsys.readouterr().out
