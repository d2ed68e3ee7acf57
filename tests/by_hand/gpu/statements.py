"""What the pages say of a GPU, as small programs that print what happens there."""

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


#: A word number that the embedding does not have, read by a layer; and what Python says of it.
WRONG_WORD = """\
embedding, lstm = nn.Embedding(5, 3), nn.LSTM(3, 5)
try:
    x = embedding(torch.tensor([[2, 3, 5]]))
    print("the embedding has returned")
    output, _ = lstm(x)
    print("the layer has returned")
"""
SAY_WHICH = """\
except Exception as error:
    print(f"{type(error).__name__}: {error}")
"""
STATEMENTS = [
    # ---- docs/errors/gpu.md and docs/how-to/cudnn.md: the call
    Statement(
        "error-not-contiguous",
        "the warning: what it says, and how often in three calls",
        """\
for kind in KINDS:
    layer, x = copy.deepcopy(kind(3, 5, 2)), torch.randn(7, 4, 3)
    for said in warned(lambda: layer(x), 3):
        print(kind.__name__, said)
    print(as_on_cpu(layer, x))
    layer.flatten_parameters()
    print(len(warned(lambda: layer(x), 3)), as_on_cpu(layer, x))
""",
    ),
    Statement(
        "error-not-contiguous",
        "what takes the block apart: warnings in three calls, and after flatten_parameters()",
        """\
def assigned(layer):
    layer.weight_hh_l0 = nn.Parameter(layer.weight_hh_l0.detach() + 1)
    return layer

def loaded(assign):
    def change(layer):
        state = {name: value.clone() for name, value in layer.state_dict().items()}
        layer.load_state_dict(state, assign=assign)
        return layer
    return change

def reloaded(layer):
    file = io.BytesIO()
    torch.save(layer, file)
    file.seek(0)
    return torch.load(file, weights_only=False)

def tied(layer):
    for name, shared in list(layer.named_parameters()):
        if not name.endswith("_reverse"):
            setattr(layer, name + "_reverse", shared)
    return layer

def dropped(layer):
    weight = layer.weight_hh_l0
    masked = {"weight_hh_l0": nn.functional.dropout(weight, 0.5)}
    layer.forward_once = lambda x: torch.func.functional_call(layer, masked, (x,))
    return layer

def stepped(layer):
    layer(torch.randn(7, 4, 3))[0].sum().backward()
    torch.optim.Adam(layer.parameters()).step()
    layer.zero_grad()
    return layer

ways = {
    "nothing": lambda layer: layer,
    "copy.deepcopy": copy.deepcopy,
    "copy.deepcopy, then .cuda()": lambda layer: copy.deepcopy(layer).cuda(),
    "torch.save and torch.load of the layer": reloaded,
    "one weight assigned anew": assigned,
    "load_state_dict": loaded(False),
    "load_state_dict(assign=True)": loaded(True),
    "a step of Adam": stepped,
    ".cpu().cuda()": lambda layer: layer.cpu().cuda(),
    ".double()": lambda layer: layer.double(),
    "replicate, as DataParallel": lambda layer: nn.parallel.replicate(layer, [0, 0])[1],
    "weight_norm": lambda layer: parametrizations.weight_norm(layer, "weight_hh_l0"),
    "spectral_norm": lambda layer: parametrizations.spectral_norm(layer, "weight_hh_l0"),
    "tied directions": tied,
    "functional_call with a dropped weight": dropped,
}
for name, change in ways.items():
    try:
        layer = change(nn.LSTM(3, 5, bidirectional=True))
        x = torch.randn(7, 4, 3, dtype=layer.weight_ih_l0.dtype)
        call = lambda: getattr(layer, "forward_once", layer)(x)
        before = warned(call, 3)
        layer.flatten_parameters()
        after = warned(call, 3)
        print(f"{name}: {len(before)}, {len(after)}")
    except Exception as error:
        print(f"{name}: {type(error).__name__}: {error}")
""",
    ),
    Statement(
        "error-not-contiguous",
        "new layers of each type: warnings in three calls, and after flatten_parameters()",
        """\
for dtype in torch.float32, torch.float64, torch.float16, torch.bfloat16:
    for options in {}, {"bias": False}, {"bidirectional": True}, {"proj_size": 2}:
        for kind in KINDS if "proj_size" not in options else (nn.LSTM,):
            layer = kind(3, 5, 2, dtype=dtype, **options)
            x = torch.randn(7, 4, 3, dtype=dtype)
            before = warned(lambda: layer(x), 3)
            layer.flatten_parameters()
            after = warned(lambda: layer(x), 3)
            print(dtype, kind.__name__, options, len(before), len(after), as_on_cpu(
                layer, x, within=0.05 if dtype in (torch.float16, torch.bfloat16) else 1e-5))
""",
    ),
    Statement(
        "weight-norm",
        "the numbers with weight_norm are right",
        """\
lstm, x = nn.LSTM(3, 5), torch.randn(7, 4, 3)
before, _ = lstm(x)
lstm = parametrizations.weight_norm(lstm, "weight_hh_l0")
print(near(lstm(x)[0], before))
lstm(x)[0].sum().backward()
print([bool(p.grad.any()) for p in lstm.parametrizations.weight_hh_l0.parameters()])
""",
    ),
    Statement(
        "error-not-contiguous",
        "the repair: flatten_parameters() in forward, in a copy and in a replica",
        """\
class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 5)
    def forward(self, x):
        self.lstm.flatten_parameters()
        return self.lstm(x)[0]

model, x = Encoder(), torch.randn(7, 4, 3)
right = model(x)
print(warned(lambda: copy.deepcopy(model)(x)), near(copy.deepcopy(model)(x), right))
tried("replicate", lambda: nn.parallel.replicate(model, [0, 0]))
""",
    ),
    Statement(
        "error-cudnn-hx",
        "a state that is not contiguous, for each kind, padded and packed",
        """\
for kind in KINDS:
    layer = kind(3, 5, 2)
    views = {
        "transposed": torch.randn(4, 2, 5).transpose(0, 1),
        "expanded": torch.randn(2, 1, 5).expand(-1, 4, -1),
        "forward rows": torch.randn(4, 4, 5)[0::2],
    }
    x = torch.randn(7, 4, 3)
    packed = pack_padded_sequence(x, LENGTHS)
    for name, view in views.items():
        for form, given in (("padded", x), ("packed", packed)):
            title = f"{kind.__name__}, {name}, {form}"
            tried(title, lambda: layer(given, pair(layer, view)))
            print(as_on_cpu(layer, given, pair(layer, view.contiguous())))
            with without_cudnn():
                tried("without cuDNN", lambda: layer(given, pair(layer, view)))
""",
    ),
    Statement(
        "error-cudnn-hx",
        "c_0, proj_size, unbatched, batch_first, an input, and views of one row",
        """\
lstm, x = nn.LSTM(3, 5, 2), torch.randn(7, 4, 3)
whole, view = torch.randn(2, 4, 5), torch.randn(4, 2, 5).transpose(0, 1)
tried("c_0", lambda: lstm(x, (whole, view)))
tried("h_0 and c_0", lambda: lstm(x, (view, view)))
packed = pack_padded_sequence(x, LENGTHS)
tried("c_0, packed", lambda: lstm(packed, (whole, view)))
tried("h_0, enforce_sorted=False", lambda: lstm(
    pack_padded_sequence(x, [1, 7, 2, 5], enforce_sorted=False), (view, view)))
projecting = nn.LSTM(3, 5, 2, proj_size=2)
short = torch.randn(4, 2, 2).transpose(0, 1)
tried("proj_size", lambda: projecting(x, (short, whole)))
first = nn.GRU(3, 5, 2, batch_first=True)
tried("batch_first", lambda: first(x.transpose(0, 1), view))
tried("unbatched", lambda: first(x[:, 0], torch.randn(5, 2).t()))
one = nn.GRU(3, 5)
tried("one row, h_n[0::2]", lambda: one(x, torch.randn(2, 4, 5)[0::2]))
tried("a cell", lambda: nn.GRUCell(3, 5)(x[0], torch.randn(5, 4).t()))
gru = nn.GRU(3, 5, 2)
for name, input in {
    "transposed": torch.randn(4, 7, 3).transpose(0, 1),
    "expanded": torch.randn(7, 1, 3).expand(-1, 4, -1),
    "every second step": torch.randn(14, 4, 3)[::2],
}.items():
    print("input", name, input.is_contiguous(), as_on_cpu(gru, input, whole))
""",
    ),
    Statement(
        "error-cudnn-status",
        "a wrong word number before the layer, as it is",
        WRONG_WORD
        + """\
    output.sum().item()
"""
        + SAY_WHICH
        + """\
tried("later, torch.zeros(1)", lambda: torch.zeros(1) + 1)
""",
    ),
    Statement(
        "error-cudnn-status",
        "the same with CUDA_LAUNCH_BLOCKING=1",
        'os.environ["CUDA_LAUNCH_BLOCKING"] = "1"\n' + WRONG_WORD + SAY_WHICH,
    ),
    Statement(
        "error-cudnn-status",
        "a wrong word number and a large embedding, then the layer at once",
        """\
embedding, lstm = nn.Embedding(50000, 512), nn.LSTM(512, 512, 2)
lstm(torch.randn(7, 4, 512))
words = torch.randint(50000, (500, 64))
words[0, 0] = 50000
for _ in range(20):
    try:
        where = "embedding"
        x = embedding(words)
        where = "layer"
        output, _ = lstm(x)
        where = "backward"
        output.sum().backward()
    except Exception as error:
        print(f"{where}: {type(error).__name__}: {error}")
        break
""",
    ),
    Statement(
        "error-cudnn-status",
        "full memory: what the layer says",
        """\
lstm = nn.LSTM(64, 512)
torch.cuda.set_per_process_memory_fraction(0.02)
x = torch.randn(200, 1000, 64)
try:
    lstm(x)
except Exception as error:
    print(f"{type(error).__name__}: {str(error).partition('. ')[0]}")
tried("a batch of one", lambda: lstm(x[:, :1]))
""",
    ),
    # ---- the sizes that cuDNN takes
    *[
        Statement(
            "cudnn-limit",
            f"{what}: {words}",
            f"""\
for kind in KINDS:
    for steps, batch in {sizes}:
        {before}
        name = f"{{kind.__name__}} {{steps}} x {{batch}}"
        tried(name, lambda: {call})
""",
        )
        for words, sizes in {
            "steps": "(65535, 1), (65536, 1), (200000, 1), (65536, 2)",
            "sequences": "(1, 65535), (1, 65536), (2, 65536), (7, 200000), (2, 1000000)",
        }.items()
        for what, before, call in [
            (
                "forward, with a gradient to be",
                "layer, x = kind(3, 5), torch.randn(steps, batch, 3)",
                "layer(x)",
            ),
            (
                "forward and backward",
                "layer, x = kind(3, 5), torch.randn(steps, batch, 3)",
                "layer(x)[0].sum().backward()",
            ),
            (
                "eval, no_grad, right",
                "layer, x = kind(3, 5).eval(), torch.randn(steps, batch, 3)",
                "print(as_on_cpu(layer, x, within=1e-4))",
            ),
            (
                "packed, forward and backward",
                "layer, x = kind(3, 5), pack_padded_sequence("
                "torch.randn(steps, batch, 3), "
                "[steps] * (batch - 1) + [1 if batch > 1 else steps])",
                "layer(x)[0].data.sum().backward()",
            ),
        ]
    ],
    *[
        Statement(
            "cudnn-limit",
            f"65,536 steps, {name}",
            f"""\
for kind in KINDS:
    for steps in 65535, 65536:
        layer = kind(8, 16, {options}).to({dtype})
        x = torch.randn(steps, {batch}, 8).to({dtype})
        tried(f"{{kind.__name__}} {{steps}}", lambda: layer(x)[0].float().sum().backward())
""",
        )
        for name, options, dtype, batch in [
            ("two layers, two directions", "2, bidirectional=True", "torch.float32", 4),
            ("float16", "2", "torch.float16", 4),
            ("bfloat16", "2", "torch.bfloat16", 4),
            ("float64", "1", "torch.float64", 1),
        ]
    ],
    Statement(
        "cudnn-limit",
        "proj_size, 65,536 steps and sequences",
        """\
for steps, batch in (65535, 1), (65536, 1), (1, 65535), (1, 65536):
    layer, x = nn.LSTM(3, 5, proj_size=2), torch.randn(steps, batch, 3)
    tried(f"{steps} x {batch}", lambda: layer(x)[0].sum().backward())
""",
    ),
    Statement(
        "cudnn-limit",
        "65,536 steps in parts",
        """\
lstm, x = nn.LSTM(3, 5, 2), torch.randn(65536, 1, 3)
state, outputs = None, []
for part in x.split(65535):
    output, state = lstm(part, state)
    outputs.append(output)
output = torch.cat(outputs)
output.sum().backward()
right, _ = copy.deepcopy(lstm).cpu()(x.cpu())
print(tuple(output.shape), near(output, right, 1e-4))
""",
    ),
    Statement(
        "cudnn-limit",
        "65,536 steps with cuDNN turned off",
        """\
lstm, x = nn.LSTM(3, 5), torch.randn(65536, 1, 3)
with without_cudnn():
    output, _ = lstm(x)
right, _ = copy.deepcopy(lstm).cpu()(x.cpu())
print(near(output, right, 1e-4))
""",
    ),
    Statement(
        "cudnn-limit",
        "65,536 sequences in parts, and at once with cuDNN turned off",
        """\
lstm, x = nn.LSTM(3, 5), torch.randn(2, 65536, 3)
right, _ = copy.deepcopy(lstm).cpu()(x.cpu())
print(near(torch.cat([lstm(part)[0] for part in x.split(65535, dim=1)], dim=1), right))
with without_cudnn():
    tried("without cuDNN", lambda: print(near(lstm(x)[0], right)))
""",
    ),
    # ---- backward
    Statement(
        "error-cudnn-eval",
        "a backward pass after eval()",
        """\
for kind in KINDS:
    layer = kind(3, 5, 2).eval()
    x = torch.randn(7, 4, 3, requires_grad=True)
    output, _ = layer(x)
    tried(kind.__name__, lambda: output.sum().backward())
    tried("packed", lambda: layer(pack_padded_sequence(x, LENGTHS))[0].data.sum().backward())
    layer.train()
    tried("train", lambda: layer(x)[0].sum().backward())
""",
    ),
    Statement(
        "error-cudnn-eval",
        "both repairs: results and gradients of the CPU",
        """\
for kind in KINDS:
    layer = kind(3, 5, 2, dropout=0.5).eval()
    x = torch.randn(7, 4, 3)
    on_cpu, of_cpu = copy.deepcopy(layer).cpu(), x.clone().cpu().requires_grad_()
    expected, _ = on_cpu(of_cpu)
    expected.square().sum().backward()
    wanted = [of_cpu.grad, *(p.grad for p in on_cpu.parameters())]
    first = x.detach().clone().requires_grad_()
    with without_cudnn():
        output, _ = layer(first)
    output.square().sum().backward()
    found = [first.grad, *(p.grad.clone() for p in layer.parameters())]
    print(kind.__name__, near(output, expected), near(found, wanted, 1e-4))
    layer.zero_grad()
    second = x.detach().clone().requires_grad_()
    dropout, layer.dropout = layer.dropout, 0.0
    output, _ = layer.train()(second)
    output.square().sum().backward()
    layer.dropout = dropout
    layer.eval()
    found = [second.grad, *(p.grad for p in layer.parameters())]
    print(near(output, expected), near(found, wanted, 1e-4), layer.dropout, layer.training)
""",
    ),
    Statement(
        "error-cudnn-double",
        "a gradient of a gradient, and cuDNN turned off for the forward or the backward call",
        """\
def penalty(layer, x, forward=True, backward=True):
    with torch.backends.cudnn.flags(enabled=forward):
        output, _ = layer(x)
    with torch.backends.cudnn.flags(enabled=backward):
        gradient, = torch.autograd.grad(output.sum(), x, create_graph=True)
        (gradient.norm(dim=(0, 2)) - 1).pow(2).mean().backward()

for kind in KINDS:
    layer, x = kind(3, 5, 2), torch.randn(7, 4, 3, requires_grad=True)
    tried(kind.__name__, lambda: penalty(layer, x))
    tried("off for the backward call", lambda: penalty(layer, x, backward=False))
    layer.zero_grad()
    tried("off for the forward call", lambda: penalty(layer, x, forward=False))
    on_cpu = copy.deepcopy(layer).cpu()
    on_cpu.zero_grad()
    penalty(on_cpu, x.detach().cpu().requires_grad_())
    of_gpu = [p.grad for p in layer.parameters() if p.grad is not None]
    print(near(of_gpu, [p.grad for p in on_cpu.parameters() if p.grad is not None]))
""",
    ),
    Statement(
        "error-inplace",
        "a result changed in place before backward",
        """\
layers = {"RNN": nn.RNN(3, 5), "GRU": nn.GRU(3, 5), "LSTM": nn.LSTM(3, 5)}
layers["LSTM, two directions"] = nn.LSTM(3, 5, bidirectional=True)
layers["LSTM, proj_size"] = nn.LSTM(3, 5, proj_size=2)
for name, layer in layers.items():
    x = torch.randn(7, 4, 3)
    output, _ = layer(x)
    with without_cudnn():
        right, _ = layer(x)
    mask = torch.ones(7, 4, 1)
    mask[5:, 1] = 0
    (right * mask).square().sum().backward()
    wanted = [p.grad.clone() for p in layer.parameters()]
    layer.zero_grad()
    def change():
        output[5:, 1] = 0
        output.square().sum().backward()
        print(near([p.grad for p in layer.parameters()], wanted, 1e-4))
    tried(name, change)
    layer.zero_grad()
    with without_cudnn():
        output, _ = layer(x)
    tried("without cuDNN", change)
""",
    ),
    # ---- the same numbers
    *[
        Statement(
            "cuda-determinism",
            f"ten runs with one seed, {name}",
            f"""\
{before}
for kind in KINDS:
    for dropout in 0.0, 0.5:
        torch.manual_seed(0)
        layer = kind(64, 256, 2, bidirectional=True, dropout=dropout)
        x = torch.randn(100, 32, 64)
        digests = set()
        def run():
            torch.manual_seed(1)
            layer.zero_grad()
            output, state = layer(x)
            output.square().sum().backward()
            digest = hashlib.sha256()
            for tensor in [output, *(p.grad for p in layer.parameters())]:
                digest.update(tensor.detach().cpu().numpy().tobytes())
            digests.add(digest.hexdigest()[:8])
        try:
            for _ in range(10):
                run()
            print(kind.__name__, dropout, len(digests), *sorted(digests))
        except Exception as error:
            print(f"{{kind.__name__}} {{dropout}}: {{type(error).__name__}}: {{error}}")
""",
        )
        for name, before in {
            "nothing set": "",
            "TF32, as PyTorch has it at first": "torch.backends.cudnn.allow_tf32 = True",
            "CUBLAS_WORKSPACE_CONFIG=:4096:2": (
                'os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:2"'
            ),
            "use_deterministic_algorithms(True)": "torch.use_deterministic_algorithms(True)",
            "without cuDNN": "torch.backends.cudnn.enabled = False",
            "without cuDNN, use_deterministic_algorithms(True)": (
                "torch.backends.cudnn.enabled = False\ntorch.use_deterministic_algorithms(True)"
            ),
        }.items()
    ],
    Statement(
        "cuda-determinism",
        "dropout between layers: calls with one seed, after other calls, and in a new layer",
        """\
for kind in KINDS:
    layer, x = kind(3, 5, 2, dropout=0.5), torch.ones(7, 4, 3)
    def run(seed, layer=layer):
        torch.manual_seed(seed)
        return layer(x)[0]
    first = run(0)
    print(kind.__name__, [torch.equal(run(0), first) for _ in range(5)], torch.equal(run(1), first))
    layer(x)
    print(torch.equal(run(0), first), torch.equal(run(0, copy.deepcopy(layer)), first))
    print(torch.equal(layer(x)[0], layer(x)[0]))
    with without_cudnn():
        first = run(0)
        print([torch.equal(run(0), first) for _ in range(5)], torch.equal(run(1), first))
    dropping = nn.Dropout(0.5)
    one, two = kind(3, 5), kind(5, 5)
    def stacked(seed):
        torch.manual_seed(seed)
        return two(dropping(one(x)[0]))[0]
    first = stacked(0)
    print([torch.equal(stacked(0), first) for _ in range(5)], torch.equal(stacked(1), first))
""",
    ),
    Statement(
        "cuda-determinism",
        "dropout between layers: the state of the random numbers, saved and set again",
        """\
lstm, x = nn.LSTM(3, 5, 2, dropout=0.5), torch.ones(7, 4, 3)
lstm(x)
state = torch.cuda.get_rng_state()
first = lstm(x)[0], lstm(x)[0]
torch.cuda.set_rng_state(state)
print([torch.equal(lstm(x)[0], one) for one in first])
state = torch.get_rng_state()
first = lstm(x)[0]
torch.set_rng_state(state)
print(torch.equal(lstm(x)[0], first))
torch.cuda.manual_seed_all(0)
first = lstm(x)[0]
torch.cuda.manual_seed_all(0)
print(torch.equal(lstm(x)[0], first))
""",
    ),
    Statement(
        "cuda-determinism",
        "one seed on the CPU and on the GPU: dropout, and the weights of a layer",
        """\
torch.manual_seed(0)
on_gpu = nn.functional.dropout(torch.ones(1000, device="cuda"))
torch.manual_seed(0)
print(torch.equal(nn.functional.dropout(torch.ones(1000, device="cpu")), on_gpu.cpu()))
torch.manual_seed(0)
made_there = nn.GRU(3, 5, device="cuda")
torch.manual_seed(0)
print(torch.equal(nn.GRU(3, 5, device="cpu").weight_hh_l0, made_there.weight_hh_l0.cpu()))
""",
    ),
    Statement(
        "cross-entropy",
        "use_deterministic_algorithms(True): the loss with an axis of steps, flattened, and CTC",
        """\
torch.use_deterministic_algorithms(True)
cross_entropy = nn.functional.cross_entropy
scores = torch.randn(4, 6, 7, requires_grad=True)
target = torch.randint(6, (4, 7))
tried("(N, C, L)", lambda: cross_entropy(scores, target))
tried("(N, C, L), backward", lambda: cross_entropy(scores, target).backward())
tried("flattened", lambda: cross_entropy(
    scores.transpose(1, 2).flatten(0, 1), target.flatten()).backward())
tried("nll_loss, (N, C, L)", lambda: nn.functional.nll_loss(scores.log_softmax(1), target))
spoken = torch.randn(7, 4, 6, requires_grad=True)
lengths = torch.full((4,), 7), torch.full((4,), 3)
def ctc():
    return nn.functional.ctc_loss(spoken.log_softmax(2), target[:, :3] % 5 + 1, *lengths)
tried("ctc_loss", ctc)
tried("ctc_loss, backward", lambda: ctc().backward())
""",
    ),
    Statement(
        "reproducible-training",
        "the example of the page, on the GPU",
        """\
data = torch.arange(84.0).view(7, 4, 3).unbind(1)
def train(seed):
    torch.manual_seed(seed)
    rnn = nn.RNN(3, 5, num_layers=2, dropout=0.5)
    optimizer = torch.optim.SGD(rnn.parameters(), lr=0.1)
    for number in torch.randperm(4, device="cpu"):
        optimizer.zero_grad()
        rnn(data[number].unsqueeze(1))[0].square().mean().backward()
        optimizer.step()
    return rnn.weight_hh_l1.detach()
print(torch.equal(train(0), train(0)), torch.equal(train(0), train(1)))
""",
    ),
    Statement(
        "determinism",
        "a sequence alone and in a batch",
        """\
for kind in KINDS:
    layer, x = kind(3, 5, 2), torch.randn(7, 4, 3)
    batch, alone = layer(x)[0][:, 1], layer(x[:, 1])[0]
    print(kind.__name__, torch.allclose(batch, alone, atol=1e-6))
""",
    ),
    # ---- devices
    Statement(
        "error-input-device",
        "layer, input and states on two devices",
        """\
for kind in KINDS:
    layer, x, h_0 = kind(3, 5), torch.randn(7, 4, 3), torch.randn(1, 4, 5)
    on_cpu = kind(3, 5, device="cpu")
    tried(f"{kind.__name__} on the CPU", lambda: on_cpu(x))
    tried(f"{kind.__name__} on the GPU", lambda: layer(x.cpu()))
    tried("packed", lambda: layer(pack_padded_sequence(x.cpu(), LENGTHS)))
    tried("state", lambda: layer(x, moved(pair(layer, h_0), "cpu")))
    tried("state, packed", lambda: layer(
        pack_padded_sequence(x, LENGTHS), moved(pair(layer, h_0), "cpu")))
    tried("state on the GPU", lambda: on_cpu(x.cpu(), pair(layer, h_0)))
lstm = nn.LSTM(3, 5)
tried("c_0 alone", lambda: lstm(torch.randn(7, 4, 3), (h_0, h_0.cpu())))
for kind in nn.RNNCell, nn.GRUCell, nn.LSTMCell:
    cell, h = kind(3, 5), torch.randn(4, 5)
    tried(f"{kind.__name__} on the GPU", lambda: cell(torch.randn(4, 3, device="cpu")))
    tried("state", lambda: cell(torch.randn(4, 3), moved(pair(cell, h), "cpu")))
""",
    ),
    Statement(
        "error-input-device",
        "what check_forward says",
        """\
from rnn_guide import check_forward
gru, x = nn.GRU(3, 5), torch.zeros(7, 4, 3)
tried("input", lambda: check_forward(gru, x.cpu()))
tried("layer", lambda: check_forward(nn.GRU(3, 5, device="cpu"), x))
tried("state", lambda: check_forward(gru, x, torch.zeros(1, 4, 5, device="cpu")))
tried("right", lambda: check_forward(gru, x, torch.zeros(1, 4, 5)))
""",
    ),
    Statement(
        "devices",
        "the layer makes zeros where the input is; packed data, lengths on the CPU",
        """\
lstm, x = nn.LSTM(3, 5), torch.randn(7, 4, 3)
output, (h_n, c_n) = lstm(x)
print(output.device, h_n.device, c_n.device)
packed = pack_padded_sequence(x, torch.tensor(LENGTHS).cpu())
print(packed.data.device, packed.batch_sizes.device)
output, state = lstm(packed)
padded, lengths = pad_packed_sequence(output)
print(padded.device, lengths.device)
moved_back = packed.to("cpu").to("cuda")
print(moved_back.data.device, moved_back.batch_sizes.device, as_on_cpu(lstm, packed))
""",
    ),
    Statement(
        "error-lengths-cpu",
        "lengths and batch_sizes on the GPU",
        """\
x, lengths = torch.zeros(7, 4, 3), torch.tensor(LENGTHS)
tried("lengths", lambda: pack_padded_sequence(x, lengths))
tried("lengths, enforce_sorted=False", lambda: pack_padded_sequence(
    x, lengths, enforce_sorted=False))
tried("int32", lambda: pack_padded_sequence(x, lengths.int()))
packed = pack_padded_sequence(x, lengths.cpu())
tried("batch_sizes", lambda: PackedSequence(packed.data, packed.batch_sizes.cuda()))
""",
    ),
    Statement(
        "error-numpy",
        "numpy() of a tensor on the GPU",
        """\
output, _ = nn.GRU(3, 5)(torch.randn(7, 4, 3))
tried("output", lambda: output.numpy())
tried("detached", lambda: output.detach().numpy())
tried("detached and copied", lambda: output.detach().cpu().numpy())
""",
    ),
    Statement(
        "error-loss-out-of-bounds",
        "a class that there is not",
        """\
scores, targets = torch.randn(4, 9, requires_grad=True), torch.tensor([1, 5, 9, 2])
try:
    loss = nn.CrossEntropyLoss()(scores, targets)
    print("the loss has returned")
    loss.backward()
    print("backward has returned")
    print(loss.item())
except Exception as error:
    print(f"{type(error).__name__}: {error}")
""",
    ),
    Statement(
        "error-loss-out-of-bounds",
        "the same with CUDA_LAUNCH_BLOCKING=1",
        """\
os.environ["CUDA_LAUNCH_BLOCKING"] = "1"
scores, targets = torch.randn(4, 9, requires_grad=True), torch.tensor([1, 5, 9, 2])
try:
    loss = nn.CrossEntropyLoss()(scores, targets)
    print("the loss has returned")
    loss.backward()
except Exception as error:
    print(f"{type(error).__name__}: {error}")
""",
    ),
    Statement(
        "error-data-parallel",
        "DataParallel over one GPU, and scatter for two parts",
        """\
gru, x = nn.GRU(3, 5, 2, batch_first=True), torch.randn(4, 7, 3)
h_0 = torch.randn(2, 4, 5)
parallel = nn.DataParallel(gru)
print(near(parallel(x, h_0), gru(x, h_0)))
parts = nn.parallel.scatter((x, h_0), [0, 0])
print([[tuple(tensor.shape) for tensor in part] for part in parts])
tried("first part", lambda: gru(*parts[0]))
lengths = nn.parallel.scatter((LENGTHS, torch.tensor(LENGTHS)), [0, 0])
print(lengths[0][0], lengths[0][1].tolist(), lengths[0][1].device)
""",
    ),
    # ---- types
    *[
        Statement(
            "autocast",
            f"autocast to {low}, {name}: output and states, by the type of input and state",
            f"""\
low = torch.{low}
for kind in {kinds}:
    for input in torch.float32, low:
        for held in None, torch.float32, low:
            layer = kind(3, 5{options})
            x = {x}.to(input)
            h_0 = torch.randn({shape})
            state = None if held is None else moved({state}, held)
            words = [str(t).removeprefix("torch.") for t in (input, held or "no state")]
            try:
                with torch.autocast("cuda", dtype=low):
                    returned = layer({given}, state)
                types = [str(t.dtype).removeprefix("torch.") for t in flat(returned)]
                print(kind.__name__, *words, "->", *types)
                sum(t.float().sum() for t in flat(returned)).backward()
            except Exception as error:
                print(kind.__name__, *words, f"{{type(error).__name__}}: {{error}}")
""",
        )
        for low in ("float16", "bfloat16")
        for name, kinds, options, x, shape, state, given in [
            ("padded", "KINDS", "", "torch.randn(7, 4, 3)", "1, 4, 5", "pair(layer, h_0)", "x"),
            (
                "packed",
                "KINDS",
                "",
                "torch.randn(7, 4, 3)",
                "1, 4, 5",
                "pair(layer, h_0)",
                "pack_padded_sequence(x, LENGTHS)",
            ),
            (
                "proj_size",
                "(nn.LSTM,)",
                ", proj_size=2",
                "torch.randn(7, 4, 3)",
                "1, 4, 5",
                "(h_0[..., :2].contiguous(), h_0)",
                "x",
            ),
            (
                "cells",
                "(nn.RNNCell, nn.GRUCell, nn.LSTMCell)",
                "",
                "torch.randn(4, 3)",
                "4, 5",
                "pair(layer, h_0)",
                "x",
            ),
        ]
    ],
    Statement(
        "autocast",
        "autocast to bfloat16: a number that float16 does not hold, with cuDNN and without",
        """\
relu, x = nn.RNN(1, 1, nonlinearity="relu", bias=False), torch.full((1, 1, 1), 1e5)
with torch.no_grad():
    relu.weight_ih_l0.fill_(1)
with torch.autocast("cuda", dtype=torch.bfloat16):
    print(relu(x)[0].dtype, relu(x)[0].item())
    with without_cudnn():
        print(relu(x)[0].dtype, relu(x)[0].item())
""",
    ),
    Statement(
        "autocast",
        "a layer of bfloat16, within autocast to it and outside",
        """\
for kind in KINDS:
    layer, x = kind(3, 5, dtype=torch.bfloat16), torch.randn(7, 4, 3, dtype=torch.bfloat16)
    with torch.autocast("cuda", dtype=torch.bfloat16):
        print(kind.__name__, layer(x)[0].dtype)
        with torch.autocast("cuda", enabled=False):
            print("autocast turned off for the call", layer(x)[0].dtype)
""",
    ),
    Statement(
        "autocast",
        "autocast without cuDNN",
        """\
torch.backends.cudnn.enabled = False
for low in torch.float16, torch.bfloat16:
    for kind in KINDS:
        for input in torch.float32, low:
            for held in None, torch.float32, low:
                layer, x = kind(3, 5), torch.randn(7, 4, 3).to(input)
                state = None if held is None else moved(pair(layer, torch.randn(1, 4, 5)), held)
                words = [str(t).removeprefix("torch.") for t in (input, held or "no state")]
                with torch.autocast("cuda", dtype=low):
                    returned = flat(layer(x, state))
                types = [str(t.dtype).removeprefix("torch.") for t in returned]
                print(kind.__name__, *words, "->", *types)
""",
    ),
    Statement(
        "states-between-dtypes",
        "a state out of autocast, outside of it",
        """\
for kind in KINDS:
    layer, x = kind(3, 5), torch.randn(7, 4, 3)
    with torch.autocast("cuda", dtype=torch.float16):
        _, state = layer(x)
    tried(kind.__name__, lambda: layer(x, state))
    tried("packed", lambda: layer(pack_padded_sequence(x, LENGTHS), state))
    tried("converted", lambda: layer(x, moved(state, layer.weight_hh_l0.dtype)))
    tried("input", lambda: layer(x.half()))
    tried("float64 input", lambda: layer(x.double()))
    tried("float64 state", lambda: layer(x, moved(pair(layer, torch.randn(1, 4, 5)), torch.float64)))
    tried("integers", lambda: layer(x.long()))
""",  # noqa: E501
    ),
    Statement(
        "grad-scaler",
        "the example of the page, on the GPU",
        """\
gru = nn.GRU(3, 5)
optimizer = torch.optim.SGD(gru.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cuda", init_scale=1024.0)
with torch.autocast("cuda", dtype=torch.float16):
    output, h_n = gru(torch.randn(7, 4, 3))
optimizer.zero_grad()
loss = output.float().square().mean()
scaler.scale(loss).backward()
scaled = gru.weight_hh_l0.grad.norm()
scaler.unscale_(optimizer)
print(round((scaled / gru.weight_hh_l0.grad.norm()).item()))
norm = nn.utils.clip_grad_norm_(gru.parameters(), max_norm=1.0)
_ = scaler.step(optimizer)
scaler.update()
print(scaler.get_scale())
""",
    ),
    Statement(
        "half-precision",
        "a whole layer in each type, and how near it is to float32 of the CPU",
        """\
for kind in KINDS:
    layer, x = kind(3, 5, 2), torch.randn(7, 4, 3)
    right, _ = copy.deepcopy(layer).cpu()(x.cpu())
    for dtype in torch.float64, torch.float32, torch.bfloat16, torch.float16:
        copied = copy.deepcopy(layer).to(dtype)
        for form in (x, pack_padded_sequence(x, [7, 7, 7, 7])):
            output, _ = copied(form.to(dtype))
            flat(output)[0].float().sum().backward()
            far = (flat(output)[0].view(7, 4, 5).cpu().float() - right).abs().max().item()
            print(kind.__name__, flat(output)[0].dtype, far < (1e-5 if far < 1e-5 else 0.05))
""",
    ),
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
