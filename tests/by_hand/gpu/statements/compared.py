"""Programs about the numbers of a GPU beside other numbers for the same layer."""

from statements.program import Statement

STATEMENTS = [
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
