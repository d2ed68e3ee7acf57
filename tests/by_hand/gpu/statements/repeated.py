"""Programs about the same numbers every time."""

from statements.program import Statement

STATEMENTS = [
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
]
