"""Programs about gradients."""

from statements.program import Statement

STATEMENTS = [
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
]
