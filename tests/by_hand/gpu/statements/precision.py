"""Programs about half precision and autocast."""

from statements.program import Statement

STATEMENTS = [
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
]
