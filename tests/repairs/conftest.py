"""Fixtures: the same random numbers in every run."""

import pytest
import torch


@pytest.fixture(autouse=True)
def seed() -> None:
    """Draw the same numbers in each test."""
    torch.manual_seed(0)
