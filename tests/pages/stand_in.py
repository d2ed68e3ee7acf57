"""
A stand-in for a GPU: its tensors say that they are on ``cuda``, and the CPU computes them.

As on a GPU, an operation refuses tensors of two devices. So code for a GPU shows whether it runs
through, and moves its tensors where it has to. What a GPU would compute, the stand-in cannot show.
"""

import contextlib
from unittest import mock

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map_only

#: What may read from one device and write to another.
COPIES = (torch.ops.aten._to_copy.default, torch.ops.aten.copy_.default)


class StandInTensor(Tensor):
    """A tensor that says it is on a GPU, and holds one that is on the CPU."""

    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, held: Tensor) -> "StandInTensor":
        """Wrap a tensor of the CPU."""
        options = {"strides": held.stride(), "dtype": held.dtype, "device": "cuda"}
        tensor = Tensor._make_wrapper_subclass(cls, held.shape, **options)
        tensor.held = held
        return tensor

    @classmethod
    def __torch_dispatch__(cls, operation, types, args=(), kwargs=None):
        return compute(operation, args, kwargs or {})

    def __getitem__(self, index):
        return compute(Tensor.__getitem__, (self, index), {})  # it would ask for a real GPU

    def __repr__(self) -> str:
        return f"stand-in for {self.held}"


def compute(operation, args, kwargs):
    """Compute on the CPU, and return the result on the device that it belongs to."""
    tensors = [leaf for leaf in tree_flatten((args, kwargs))[0] if isinstance(leaf, Tensor)]
    if operation not in COPIES and len({t.device.type for t in tensors if t.dim()}) > 1:
        raise RuntimeError(f"the tensors of {operation} are not on the same device")
    on_gpu = any(tensor.is_cuda for tensor in tensors)
    if kwargs.get("device") is not None:
        on_gpu = torch.device(kwargs["device"]).type == "cuda"
        kwargs = {**kwargs, "device": "cpu"}
    args, kwargs = tree_map_only(StandInTensor, lambda tensor: tensor.held, (args, kwargs))
    result = operation(*args, **kwargs)
    return tree_map_only(Tensor, StandInTensor, result) if on_gpu else result


class _EveryOperation(TorchDispatchMode):
    """Also where no tensor is on the stand-in yet."""

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        return compute(operation, args, kwargs or {})


class _FirstDevice(TorchFunctionMode):
    """Write ``cuda:0`` for ``cuda``: a PyTorch without CUDA cannot tell which device that is."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        def number(text):
            return "cuda:0" if text == "cuda" else text

        args, kwargs = tree_map_only(str, number, (args, kwargs or {}))
        return function(*args, **kwargs)


@contextlib.contextmanager
def stand_in():
    """Let everything in this context find a GPU."""
    setting = torch.__future__.get_overwrite_module_params_on_conversion()
    torch.__future__.set_overwrite_module_params_on_conversion(True)  # for module.to
    try:
        with (
            mock.patch("torch.cuda.is_available", return_value=True),
            mock.patch("torch.cuda._lazy_init"),
            torch.backends.cudnn.flags(enabled=False),
            _FirstDevice(),
            _EveryOperation(),
        ):
            yield
    finally:
        torch.__future__.set_overwrite_module_params_on_conversion(setting)
