"""What holds on a GPU. Run with ``pytest -m cuda`` where there is one."""

import runpy
from pathlib import Path

import pytest
import torch
from torch.autograd import DeviceType
from torch.profiler import ProfilerActivity, profile

from rnn_guide import split_output, split_state

pytestmark = [
    pytest.mark.cuda,
    pytest.mark.filterwarnings("ignore:Warning. Profiler clears events"),
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU"),
]
DEMONSTRATION = Path(__file__).parents[2] / "gallery" / "plot_2_bidirectional_demonstration.py"


def kernels(call) -> list[str]:
    """Return the names of what a call runs on the GPU."""
    torch.cuda.synchronize()
    with profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as record:
        call()
        torch.cuda.synchronize()
    return [event.name for event in record.events() if event.device_type == DeviceType.CUDA]


@pytest.fixture
def tensor():
    """Make a tensor that is an output and a state at once."""
    return torch.rand(4, 2, 6, device="cuda")


class TestSplits:
    @pytest.mark.parametrize("split", [split_output, split_state])
    def test_stay_views(self, split, tensor):
        """
        Both directions share the memory of the tensor on the GPU.
        """
        storage = tensor.untyped_storage().data_ptr()

        assert [half.untyped_storage().data_ptr() for half in split(tensor)] == [storage, storage]

    @pytest.mark.parametrize("split", [split_output, split_state])
    def test_launch_no_kernel(self, split, tensor):
        """
        The profiler sees the kernel of an addition, and none of a split.
        """
        assert kernels(lambda: tensor + 1) != []
        assert kernels(lambda: split(tensor)) == []


class TestDemonstration:
    def test_gives_the_numbers_of_the_cpu(self):
        """
        The largest difference between GPU and CPU is below 0.00001.
        """
        names = runpy.run_path(str(DEMONSTRATION))

        assert names["output"].is_cuda
        assert names["difference"] < 1e-5
