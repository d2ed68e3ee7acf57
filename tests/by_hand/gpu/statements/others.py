"""Programs about what else the pages say of one."""

from statements.program import Statement

STATEMENTS = [
    # ---- the same numbers as the CPU
    Statement(
        "compare-devices",
        "the comparison of the page: differences below 0.00001, with TF32 too",
        """\
def results(layer, x, device):
    layer = copy.deepcopy(layer).to(device)
    layer.dropout = 0.0
    x = x.detach().to(device).requires_grad_()
    output, state = layer(x)
    states = state if isinstance(state, tuple) else (state,)
    for tensor in (output, *states):
        tensor.square().sum().backward(retain_graph=True)
    gradients = [p.grad for p in layer.parameters()]
    found = [output, *states, x.grad, *gradients]
    return [tensor.detach().cpu() for tensor in found]

def difference(layer, x, device):
    right = results(layer, x, "cpu")
    return max((a - b).abs().max() for a, b in zip(results(layer, x, device), right))

for tf32 in False, True:
    torch.backends.cudnn.allow_tf32 = tf32
    for kind in KINDS:
        small = difference(kind(3, 5, 2, bidirectional=True), torch.randn(7, 4, 3), "cuda")
        large, x = kind(64, 256, 2), torch.randn(50, 32, 64)
        output = large(x)[0] - large.cpu()(x.cpu())[0].cuda()
        print(tf32, kind.__name__, f"{small:.0e} {output.abs().max():.0e}")
""",
    ),
    Statement(
        "compare-devices",
        "is TF32 allowed at first",
        """\
import subprocess, sys
code = "import torch; print(torch.backends.cudnn.allow_tf32, torch.backends.cuda.matmul.allow_tf32)"
print(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout)
""",
    ),
    Statement(
        "stack-by-hand",
        "a bidirectional stack in cuDNN, beside its layers one by one",
        """\
for kind in KINDS:
    stack, x = kind(3, 5, 2, bidirectional=True), torch.randn(7, 4, 3)
    below, rows = x, []
    for number in range(2):
        halves = []
        for suffix in "", "_reverse":
            one = kind(3 if number == 0 else 10, 5)
            weights = {f"{name}_l0": getattr(stack, f"{name}_l{number}{suffix}").detach()
                       for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
            one.load_state_dict(weights)
            output, state = one(below.flip(0) if suffix else below)
            halves.append(output.flip(0) if suffix else output)
            rows.append(state)
        below = torch.cat(halves, dim=-1)
    output, state = stack(x)
    print(kind.__name__, near(output, below))
""",
    ),
    Statement(
        "cudnn",
        "where each parameter stands in the one vector of cuDNN, and the numbers of the gates",
        """\
for kind in KINDS:
    layer = kind(3, 5, 2, bidirectional=True)
    layer.flatten_parameters()
    rows = layer.all_weights
    order = [p for row in rows for p in row[:2]] + [p for row in rows for p in row[2:]]
    offsets, place = [], order[0].storage_offset()
    for parameter in order:
        offsets.append(parameter.storage_offset() == place)
        place += parameter.numel()
    one_block = len({p.untyped_storage().data_ptr() for p in order}) == 1
    print(kind.__name__, one_block, all(offsets))
    x = torch.randn(7, 4, 3)
    with without_cudnn():
        by_pytorch = layer(x)
    print(near(layer(x), by_pytorch), as_on_cpu(layer, x))
""",
    ),
    # ---- what the examples of the pages do otherwise there
    Statement(
        "error-lengths-cpu",
        "pack_sequence, with torch.set_default_device and without",
        """\
from torch.nn.utils.rnn import pack_sequence
sequences = [torch.randn(2, 3), torch.randn(5, 3)]
tried("set", lambda: pack_sequence(sequences, enforce_sorted=False))
torch.set_default_device(None)
tried("not set", lambda: pack_sequence(sequences, enforce_sorted=False))
print(pack_sequence(sequences, enforce_sorted=False).data.device)
""",
    ),
    Statement(
        "error-packed-input-size",
        "packed input of wrong sizes and types, and states",
        """\
def packed(features=3, lengths=LENGTHS, dtype=torch.float32):
    return pack_padded_sequence(torch.randn(7, 4, features, dtype=dtype), lengths)
for kind in KINDS:
    layer, h = kind(3, 5), torch.randn(1, 4, 5)
    print(kind.__name__)
    tried("features", lambda: layer(packed(6)))
    tried("features, equal lengths", lambda: layer(packed(6, [7, 7, 7, 7])))
    tried("dtype", lambda: layer(packed(dtype=torch.float64)))
    tried("state dtype", lambda: layer(packed(), moved(pair(layer, h), torch.float64)))
    tried("rows", lambda: layer(packed(), pair(layer, torch.randn(2, 4, 5))))
    tried("batch", lambda: layer(packed(), pair(layer, torch.randn(1, 2, 5))))
    tried("size", lambda: layer(packed(), pair(layer, torch.randn(1, 4, 6))))
lstm = nn.LSTM(3, 5)
tried("h_0 of 2 rows, c_0 of 1", lambda: lstm(packed(), (torch.randn(2, 4, 5), h)))
""",
    ),
    Statement(
        "error-packed-state-unsorted",
        "a state with too few sequences, for packed input that is sorted anew",
        """\
gru, x = nn.GRU(3, 5), torch.randn(7, 4, 3)
packed = pack_padded_sequence(x, [2, 7, 4, 1], enforce_sorted=False)
tried("3 of 4", lambda: gru(packed, torch.randn(1, 3, 5)))
""",
    ),
    Statement(
        "error-vmap",
        "a gradient for each sequence, with cuDNN and without",
        """\
from torch.func import functional_call, grad, vmap
for kind in KINDS:
    layer, x = kind(3, 5), torch.randn(4, 7, 3)
    weights = dict(layer.named_parameters())
    def loss(weights, sequence):
        return functional_call(layer, weights, (sequence.unsqueeze(1),))[0].square().sum()
    tried(kind.__name__, lambda: vmap(grad(loss), (None, 0))(weights, x))
    with without_cudnn():
        tried("without cuDNN", lambda: vmap(grad(loss), (None, 0))(weights, x))
""",
    ),
    Statement(
        "what-a-layer-costs",
        "FlopCounterMode of a layer, with cuDNN and without",
        """\
from torch.utils.flop_counter import FlopCounterMode
for kind in KINDS:
    layer, x = kind(3, 5), torch.randn(7, 4, 3)
    counts = []
    for enabled in True, False:
        with torch.backends.cudnn.flags(enabled=enabled), FlopCounterMode(display=False) as counter:
            layer(x)
        counts.append(counter.get_total_flops())
    weights = layer.weight_ih_l0.numel() + layer.weight_hh_l0.numel()
    print(kind.__name__, *counts, 2 * 7 * 4 * weights)
""",
    ),
    Statement(
        "compare-devices",
        "cuDNN beside PyTorch's own computation on the GPU: largest difference of the output",
        """\
for kind in KINDS:
    layer, x = kind(3, 5, 2, bidirectional=True), torch.randn(7, 4, 3)
    with without_cudnn():
        right, _ = layer(x)
    on_cpu = copy.deepcopy(layer).cpu()(x.cpu())[0]
    of_cudnn = (layer(x)[0].cpu() - on_cpu).abs().max().item()
    print(kind.__name__, f"{of_cudnn:.0e}", f"{(right.cpu() - on_cpu).abs().max().item():.0e}")
""",
    ),
    Statement(
        "cuda-determinism",
        "nn.Dropout between layers: the state of the random numbers, saved and set again",
        """\
one, two, dropping, x = nn.LSTM(3, 5), nn.LSTM(5, 5), nn.Dropout(0.5), torch.ones(7, 4, 3)
def run():
    return two(dropping(one(x)[0]))[0]
run()
state = torch.cuda.get_rng_state()
first = run(), run()
torch.cuda.set_rng_state(state)
print([torch.equal(run(), one_of) for one_of in first])
lstm = nn.LSTM(3, 5, 2, dropout=0.5)
torch.manual_seed(3)
first = [lstm(x)[0] for _ in range(3)]
torch.manual_seed(3)
print([torch.equal(lstm(x)[0], one_of) for one_of in first])
with without_cudnn():
    lstm(x)
    state = torch.cuda.get_rng_state()
    first = lstm(x)[0]
    torch.cuda.set_rng_state(state)
    print(torch.equal(lstm(x)[0], first))
""",
    ),
    Statement(
        "cudnn-limit",
        "65,536 steps of two directions with cuDNN turned off",
        """\
lstm, x = nn.LSTM(3, 5, bidirectional=True), torch.randn(65536, 1, 3)
right, _ = copy.deepcopy(lstm).cpu()(x.cpu())
with without_cudnn(), torch.no_grad():
    print(near(lstm(x)[0], right, 1e-4))
""",
    ),
    Statement(
        "torch-compile",
        "torch.compile of a model with a layer",
        """\
class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 5)
        self.linear = nn.Linear(5, 2)
    def forward(self, x):
        return self.linear(self.lstm(x)[0])

model, x = Model(), torch.randn(7, 4, 3)
tried("compiled", lambda: print(near(torch.compile(model)(x), model(x))))
""",
    ),
]
