"""A program for a GPU, and what stands before each."""

from typing import NamedTuple

#: What stands before each program.
START = """\
import copy, hashlib, io, os, warnings
import torch
from torch import nn
from torch.nn.utils import parametrizations, parametrize
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence
torch.set_default_device("cuda")
torch.manual_seed(0)
torch.backends.cudnn.allow_tf32 = False
KINDS = nn.RNN, nn.GRU, nn.LSTM
LENGTHS = [7, 5, 2, 1]

def without_cudnn():
    return torch.backends.cudnn.flags(enabled=False)

def tried(name, call):  # what an error says, or "runs"
    try:
        call()
        torch.cuda.synchronize()
    except Exception as error:
        print(f"{name}: {type(error).__name__}: {error}")
    else:
        print(f"{name}: runs")

def pair(layer, h_0):  # the state of its kind
    return (h_0, torch.randn(*h_0.shape)) if isinstance(layer, (nn.LSTM, nn.LSTMCell)) else h_0

def moved(value, to):
    if isinstance(value, (tuple, list)) and not isinstance(value, PackedSequence):
        return tuple(moved(one, to) for one in value)
    return value if value is None else value.to(to)

def flat(value):
    if isinstance(value, PackedSequence):
        return [value.data]
    if isinstance(value, torch.Tensor):
        return [value]
    return [tensor for one in value for tensor in flat(one)]

def near(one, other, within=1e-5):  # wherever they are
    pairs = zip(flat(one), flat(other), strict=True)
    return all(torch.allclose(a.cpu().float(), b.cpu().float(), within, within) for a, b in pairs)

def as_on_cpu(layer, *arguments, within=1e-5):
    on_cpu = copy.deepcopy(layer).cpu()(*moved(arguments, "cpu"))
    return near(layer(*arguments), on_cpu, within)

def warned(call, times=1):  # the warnings of some calls
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        for _ in range(times):
            call()
    return [str(one.message).split(" (Triggered")[0] for one in seen]
"""


class Statement(NamedTuple):
    """A program, the section of the pages that rests on it, and what it tries."""

    section: str
    tries: str
    code: str
