"""Programs about what a GPU refuses, and the sizes that cuDNN takes."""

from statements.program import Statement

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
]
