"""Programs about two devices."""

from statements.program import Statement

STATEMENTS = [
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
]
