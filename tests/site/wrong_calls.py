"""Wrong calls of PyTorch whose messages hold numbers, for each cause that the doctor knows."""

from typing import NamedTuple


class Call(NamedTuple):
    """A wrong call: what stands before it, the call, and the sizes that its message names."""

    label: str
    before: str
    call: str
    names: dict[str, str]
    place: int = 0  # of the answer; others can have the same words
    old: str = ""  # what an old release printed, where this one prints something else
    repairs: bool = True  # the right line runs here


STATE = "x, h_0, c_0 = torch.randn(L, N, I), torch.randn({0}), torch.randn({0})"
LSTM, GRU, RNN = (f"{kind.lower()} = nn.{kind}(I, H, R)" for kind in ("LSTM", "GRU", "RNN"))
WITH = {
    "LSTM": (LSTM, "lstm(x, (h_0, c_0))"),
    "GRU": (GRU, "gru(x, h_0)"),
    "RNN": (f"{RNN}\ngru = rnn", "rnn(x, h_0)"),  # the messages of the two are the same
}
NEEDED = {"rows": "R", "N": "N", "H_out": "H"}


def of_state(label: str, shape: str, kinds: str = "LSTM GRU RNN", **names: str) -> list[Call]:
    """Return calls of layers with a state of another shape."""
    got = dict(zip(("got_rows", "got_N", "got_H_out"), shape.split(", "), strict=True))
    return [
        Call(label, f"{WITH[kind][0]}\n{STATE.format(shape)}", WITH[kind][1], NEEDED | got | names)
        for kind in kinds.split()
    ]


def of_axes(label: str, kinds: str, x: str, shape: str, numbers: dict[str, str]) -> list[Call]:
    """Return calls of layers whose input and state have other numbers of axes."""
    calls = []
    for kind in kinds.split():
        layer = WITH[kind][0].replace(", R)", ")")
        before = (
            f"{layer}\nx, h_0, c_0 = torch.randn({x}), torch.randn({shape}), torch.randn({shape})"
        )
        calls.append(Call(label, before, WITH[kind][1], numbers))
    return calls


def of_each(label: str, before: str, call: str, names: dict[str, str]) -> list[Call]:
    """Return a call of each kind, whose name stands where the code has ``{kind}`` or ``{name}``."""
    return [
        Call(label, *(code.format(kind=kind, name=kind.lower()) for code in (before, call)), names)
        for kind in WITH
    ]


LINEAR = "linear = nn.Linear({}, C)\n"
OUTPUT = "gru = nn.GRU(I, H, bidirectional={})\noutput, h_n = gru(torch.randn(L, N, I))\n"
ONE, TWO = OUTPUT.format(False), OUTPUT.format(True)
PACKED = "packed = pack_padded_sequence(torch.randn(L, N, I), [L] + [1] * (N - 1))\n"
TARGETS = "loss, linear, targets = nn.CrossEntropyLoss(), nn.Linear(H, C), torch.randint(C, (N,))"
SEVERAL = "rows, hidden_size = R, H\n"

CALLS = [
    *of_state("error-hidden-batch-first", "N, R, H"),
    *of_state("error-hidden0-rows", "2 * R, N, H", "LSTM"),
    *of_state("error-hidden-rows", "2 * R, N, H", "GRU RNN"),
    *of_state("error-hidden0-rows", "R + 1, N, H", "LSTM"),
    *of_state("error-hidden-rows", "R + 1, N, H", "GRU RNN"),
    *of_state("error-hidden-last-batch", "R, N + 3, H"),
    *of_state("error-hidden-features", "R, N, C"),
    *[
        Call(
            "error-hidden-length-as-batch",
            f"{WITH[kind][0]}\n{STATE.format('R, N, H')}\nx = x.transpose(0, 1)",
            WITH[kind][1],
            {"rows": "R", "N": "L", "H_out": "H", "got_rows": "R", "got_N": "N"},
        )
        for kind in WITH
    ],
    Call(
        "error-data-parallel",
        "gru = nn.GRU(I, H, 2 * R)\nx, h_0 = torch.randn(L, 2 * N, I), torch.randn(2 * R, 2 * N, H)"
        "\nx, h_0 = x[:, :N], h_0[:R]",  # what each of two GPUs gets
        "gru(x, h_0)",
        {"rows": "2 * R", "N": "N", "got_rows": "R", "got_N": "2 * N", "gpus": "2"},
        repairs=False,
    ),
    Call(
        "error-hidden1-size",
        "lstm = nn.LSTM(I, H, R, proj_size=P)\nx, h_0 = torch.randn(L, N, I), torch.randn(R, N, P)",
        "lstm(x, (h_0, torch.zeros_like(h_0)))",
        {"rows": "R", "N": "N", "H_cell": "H", "got_rows": "R", "got_N": "N", "got_H_cell": "P"},
    ),
    Call(
        "error-hidden1-size",
        f"{LSTM}\n{STATE.format('R, N, H')}\nc_0 = torch.randn(R, N + 1, H)",
        "lstm(x, (h_0, c_0))",
        {"rows": "R", "N": "N", "H_cell": "H", "got_N": "N + 1", "got_H_cell": "H"},
    ),
    *of_axes("error-hx-batched", "GRU RNN", "L, N, I", "N, H", {"axes": "3", "got": "2"}),
    *of_axes(
        "error-hx-cx-batched", "LSTM", "L, N, I", "N, H", {"axes": "3", "got": "2", "got_too": "2"}
    ),
    *of_axes("error-hx-unbatched", "GRU RNN", "N, I", "1, N, H", {"axes": "2", "got": "3"}),
    *of_axes("error-hx-cx-unbatched", "LSTM", "N, I", "1, N, H", {"axes": "2", "got": "3"}),
    Call(
        "error-state-one-tensor",
        "lstm = nn.LSTM(I, H)\n" + STATE.format("1, N, H"),
        "lstm(x, h_0)",
        {"index": "1", "axis": "0", "size": "1"},
    ),
    Call(
        "error-input-size",
        "layer, x = nn.GRU(1, H), torch.randn(L, N)",
        "layer(x)",
        {"H_in": "1", "got_H_in": "N"},
    ),
    Call(
        "error-input-size",
        "hidden_size, x = H, torch.randn(L, N, 2 * I)",
        "nn.GRU(I, H)(x)",
        {"H_in": "I", "got_H_in": "2 * I"},
    ),
    Call(
        "error-input-size",
        "hidden_size, x = H, torch.randn(L, N, C)",
        "nn.LSTM(I, H)(x)",
        {"H_in": "I", "got_H_in": "C"},
    ),
    Call(
        "error-input-features-axis",
        "layer, x = nn.GRU(I, H, batch_first=True), torch.randn(N, I, L)",
        "layer(x)",
        {"H_in": "I", "got_H_in": "L"},
        place=1,
    ),
    *of_each(
        "error-input-axes",
        "{name}, embedding = nn.{kind}(I, H), nn.Embedding(9, I)\n"
        "words = torch.randint(9, (L, N, 1))",
        "{name}(embedding(words))",
        {"unbatched": "2", "batched": "3", "got": "4"},
    ),
    *of_each(
        "error-input-axes",
        "{name}, x = nn.{kind}(1, H), torch.randn(L)",
        "{name}(x)",
        {"unbatched": "2", "batched": "3", "got": "1"},
    ),
    Call(
        "error-input-dtype",
        "layer, x = nn.GRU(I, H), torch.randn(L, N, I).double()",
        "layer(x)",
        {},
    ),
    Call(
        "error-input-dtype",
        "layer, x = nn.GRU(I, H), torch.randn(L, N, I).double()",
        "layer(x)",
        {},
        old="mat1 and mat2 must have the same dtype",
    ),
    Call(
        "error-state-dtype",
        "gru, x, h_0 = nn.GRU(I, H), torch.randn(L, N, I), torch.randn(1, N, H).double()",
        "gru(x, h_0)",
        {},
    ),
    *of_each(
        "error-cell-input-axes",
        "cell, x = nn.{kind}Cell(I, H), torch.randn(L, N, I)",
        "cell(x)",
        {"unbatched": "1", "batched": "2", "got": "3"},
    ),
    Call(
        "error-cell-hidden-axes",
        "cell, x_t, h_n = nn.GRUCell(I, H), torch.randn(N, I), torch.randn(R, N, H)",
        "cell(x_t, h_n)",
        {"batched": "2", "got": "3"},
    ),
    Call(
        "error-cell-input-size",
        "hidden_size, x_t = H, torch.randn(N, C)",
        "nn.GRUCell(I, H)(x_t)",
        {"H_in": "I", "got_H_in": "C"},
    ),
    Call(
        "error-cell-hidden-size",
        "cell, x_t, h = nn.GRUCell(I, H), torch.randn(N, I), torch.randn(N, C)",
        "cell(x_t, h)",
        {"H_cell": "H", "got_H_cell": "C"},
    ),
    Call(
        "error-cell-batch",
        "hidden_size, cell, x = H, nn.GRUCell(I, H), torch.randn(L, N, I)",
        "cell(x[0], torch.zeros(C, H))",
        {"N": "N", "got_N": "C"},
    ),
    Call(
        "error-cell-hidden-axes",
        "cell, x_t, h_n = nn.GRUCell(I, H), torch.randn(N, I), torch.randn(1, N, H)",
        "cell(x_t, h_n)",
        {"N": "N", "got_N": "1"},
        old="Input batch size {N} doesn't match hidden0 batch size 1",
    ),
    Call(
        "error-cell-hx-axes",
        "cell, x_t = nn.LSTMCell(I, H), torch.randn(N, I)\nh_n = c_n = torch.randn(1, N, H)",
        "cell(x_t, (h_n, c_n))",
        {"N": "N", "got_N": "1"},
        old="Input batch size {N} doesn't match hidden[0] batch size 1",
    ),
    Call(
        "error-lengths-count",
        "x, lengths = torch.randn(N, L, I), [L] * N",
        "pack_padded_sequence(x, lengths)",
        {"got_N": "N", "N": "L"},
    ),
    Call(
        "error-total-length",
        PACKED,
        "pad_packed_sequence(packed, total_length=L - 1)",
        {"got_L": "L - 1", "L": "L"},
    ),
    Call(
        "error-stack-lengths",
        "sequences = [torch.randn(L, I), torch.randn(L - 1, I)]",
        "torch.stack(sequences)",
        {"L": "L", "H_in": "I", "entry": "0", "got_L": "L - 1", "got_H_in": "I", "got_entry": "1"},
    ),
    Call(
        "error-packed-state-batch",
        SEVERAL + PACKED + "lstm, h_0 = nn.LSTM(I, H, R), torch.randn(R, N + 3, H)\nc_0 = h_0",
        "lstm(packed, (h_0, c_0))",
        {"got_N": "N + 3", "N": "N", "axis": "0"},
    ),
    Call(
        "error-pad-features",
        "sequences = [torch.randn(I, L), torch.randn(I, L - 1)]",
        "pad_sequence(sequences)",
        {"got_N": "L", "N": "L - 1", "axis": "1"},
    ),
    Call(
        "error-linear-bidirectional",
        TWO + LINEAR.format("H"),
        "linear(output)",
        {"vectors": "L * N", "got_H_in": "2 * H", "H_in": "H", "outputs": "C"},
    ),
    Call(
        "error-linear-state",
        TWO + LINEAR.format("2 * H"),
        "linear(h_n)",
        {"vectors": "2 * N", "got_H_in": "H", "H_in": "2 * H", "outputs": "C"},
    ),
    Call(
        "error-linear-flat",
        "gru = nn.GRU(I, H, batch_first=True)\noutput, h_n = gru(torch.randn(N, L, I))\n"
        + LINEAR.format("H"),
        "linear(output.reshape(N, -1))",
        {"vectors": "N", "got_H_in": "L * H", "H_in": "H", "outputs": "C", "steps": "L"},
    ),
    Call(
        "error-linear-bidirectional",
        ONE + LINEAR.format("H + 1"),
        "linear(output)",
        {"vectors": "L * N", "got_H_in": "H", "H_in": "H + 1", "outputs": "C"},
    ),
    Call(
        "error-packed-input-size",
        PACKED,
        "nn.LSTM(I + 1, H)(packed)",
        {
            "vectors": "L + N - 1",
            "got_H_in": "I",
            "H_in": "I + 1",
            "outputs": "4 * H",
            "hidden": "H",
        },
        place=1,
    ),
    Call(
        "error-view-size",
        TWO,  # half the batch
        "output.view(L, 2 * N, 2, H)",
        {"N": "2 * N", "D": "2", "H_out": "H", "size": "2 * L * N * H", "all": "4 * L * N * H"},
    ),
    Call(
        "error-loss-target-size",
        "loss, scores = nn.CrossEntropyLoss(), torch.randn(N, L, C)\n"
        "targets = torch.randint(C, (N, L))",
        "loss(scores, targets)",
        {"N": "N", "C": "C", "got_N": "N", "L": "L"},
    ),
    Call(
        "error-loss-batch-size",
        ONE + TARGETS,
        "loss(linear(output).flatten(0, 1), targets)",
        {"vectors": "L * N", "N": "N", "steps": "L"},
    ),
    Call(
        "error-loss-batch-size",
        ONE + TARGETS,
        "loss(linear(output[:, -1]), targets)",
        {"vectors": "L", "N": "N"},
    ),
    Call(
        "error-loss-out-of-bounds",
        "hidden_size, classes, loss, h_n = H, C, nn.CrossEntropyLoss(), torch.randn(1, N, H)\n"
        "targets = torch.tensor([C] * N)",
        "loss(nn.Linear(H, C)(h_n[-1]), targets)",
        {"target": "C", "classes": "C + 1"},
    ),
    Call(
        "error-loss-out-of-bounds",
        "scores, targets = torch.randn(2, C), torch.tensor([-1, 1])",
        "nn.CrossEntropyLoss()(scores, targets)",
        {"target": "-1"},
    ),
    Call(
        "error-loss-bce",
        "scores, targets = torch.randn(N, 1), torch.rand(N)",
        "nn.BCEWithLogitsLoss()(scores, targets)",
        {"N": "N", "got_N": "N", "scores": "1"},
    ),
    Call(
        "error-loss-mse",
        "scores, targets = torch.randn(N, 1), torch.randn(N)",
        "nn.MSELoss()(scores, targets)",
        {"N": "N", "got_N": "N", "scores": "1"},
    ),
    Call(
        "error-packed-state-unsorted",
        SEVERAL + "gru, x, h_0 = nn.GRU(I, H, R), torch.randn(L, N, I), torch.randn(R, N - 3, H)\n"
        "packed = pack_padded_sequence(x, [1] * (N - 1) + [L], enforce_sorted=False)",
        "gru(packed, h_0)",
        {"got_N": "N - 3"},
    ),
    Call(
        "error-packed-axes",
        "gru, x, lengths = nn.GRU(2 * I, H), torch.randn(L, N, 2, I), [L] + [1] * (N - 1)",
        "gru(pack_padded_sequence(x, lengths))",
        {"needed": "2", "got": "3"},
    ),
    Call(
        "error-packed-axes",
        "gru, sequences = nn.GRU(1, H), [torch.randn(L), torch.randn(L - 1)]",
        "gru(pack_sequence(sequences))",
        {"needed": "2", "got": "1"},
    ),
    Call(
        "error-lengths-rank",
        "x, lengths = torch.randn(L, N, I), torch.tensor([[L]] * N)",
        "pack_padded_sequence(x, lengths)",
        {"needed": "1", "got": "2"},
    ),
    Call(
        "error-dropout-one-layer",
        "input_size, hidden_size, x = I, H, torch.randn(L, N, I)",
        "nn.LSTM(I, H, dropout=0.3)",
        {"dropout": "0.3", "layers": "1"},
    ),
    Call(
        "error-unpack-gru",
        "gru, x = nn.GRU(I, H), torch.randn(L, N, I)",
        "output, (h_n, c_n) = gru(x)",
        {"names": "2", "got": "1"},
    ),
    Call(
        "error-unpack-three",
        "lstm, x = nn.LSTM(I, H), torch.randn(L, N, I)",
        "output, h_n, c_n = lstm(x)",
        {"names": "3", "got": "2"},
    ),
]
