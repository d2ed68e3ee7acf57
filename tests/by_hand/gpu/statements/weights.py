"""Programs about how cuDNN keeps weights."""

from statements.program import Statement

STATEMENTS = [
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
]
