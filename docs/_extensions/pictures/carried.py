"""Pictures of weights and states on their way to another framework: what turns, moves and joins."""

from functools import partial

from sphinx.locale import get_translation

from pictures.marks import (
    ARROWS,
    Draw,
    Drawing,
    Panel,
    arrow,
    box,
    cells,
    direction,
    label,
    line,
    panel,
)
from pictures.weights import HIDDEN, INPUT
from rnn_guide import parameter_shapes
from rnn_guide._rules import DIRECTIONS, GATES

_ = get_translation("guide")

SIDE = 30  # of the block of a gate in a square matrix, in units
PER_ROW = SIDE / HIDDEN
WAYS = DIRECTIONS[True]


def shape(x: float, y: float, name: str, sizes: tuple[int, ...]) -> str:
    """Return a name with a shape below."""
    written = f"({', '.join(map(str, sizes))}{',' if len(sizes) == 1 else ''})"
    return label(x, y, name, "code", "start") + label(x, y + 18, written, "code quiet", "start")


def turned(ours: str, theirs: str, width: int) -> Panel:
    """Draw a matrix of four blocks that is transposed."""
    rows, _width = parameter_shapes("LSTM", INPUT, HIDDEN)[ours]
    thick = PER_ROW * width
    parts = [shape(8, 18, ours, (rows, width)), shape(156, 18, theirs, (width, rows))]
    for place, gate in enumerate(GATES["LSTM"]):
        parts.append(box(8, 48 + SIDE * place, thick, SIDE, gate))
        parts.append(box(156 + SIDE * place, 108 - thick / 2, SIDE, thick, gate))
    parts += [arrow(80, 108, 144, 108), label(112, 98, ".T", "code")]
    return panel(156 + 4 * SIDE + 34, 172, parts)


def added(theirs: str) -> Panel:
    """Draw the two biases, whose sum is the only one."""
    parts = []
    for y, name in ((18, "bias_ih_l0"), (102, "bias_hh_l0"), (186, theirs)):
        parts.append(shape(8, y, name, parameter_shapes("LSTM", INPUT, HIDDEN)["bias_ih_l0"]))
        parts.append(cells(130, y - 10, GATES["LSTM"], SIDE + 8))
    parts += [label(205, 68, "+", "name"), label(205, 152, "=", "name")]
    return panel(290, 216, parts)


def arrays(input_kernel: str, hidden_kernel: str, bias: str) -> Drawing:
    """Draw the weights of an LSTM on their way to a framework with one bias."""
    return [
        turned("weight_ih_l0", input_kernel, INPUT),
        turned("weight_hh_l0", hidden_kernel, HIDDEN),
        added(bias),
    ]


def states(order: str) -> Drawing:
    """Draw the rows of h_n and c_n, and the tensors that another framework returns for them."""
    ours = [(letter, way) for letter in "hc" for way in WAYS]
    theirs = [(letter, way) for way in WAYS for letter in order]
    parts = [label(8, 18, "PyTorch", "name", "start")]
    for place, (letter, way) in enumerate(ours):
        y, other = 30 + 36 * place, 30 + 36 * theirs.index((letter, way))
        parts.append(box(8, y, 90, 28, f"{letter}_n[{WAYS.index(way)}]", f"{way} code"))
        parts.append(line(98, y + 14, 170, other + 14, "moves" if y != other else ""))
        parts.append(box(170, other, 130, 28, f"{direction(way)} {letter}", way))
    return [panel(308, 30 + 36 * 4, parts)]


def sequences(x: float, y: float, way: str, numbers: range) -> str:
    """Return the rows of some sequences in one direction."""
    return "".join(
        box(x, y + 30 * place, 76, 28, f"{ARROWS[way]} {number}", way)
        for place, number in enumerate(numbers)
    )


def axes() -> Drawing:
    """Draw one step of ONNX's output, as it is, moved and merged, and reshaped alone."""
    batch = range(4)
    one = [label(8, 18, "Y[t]", "code", "start"), label(8, 36, "(2, 4, 5)", "code quiet", "start")]
    one += [sequences(8, 48 + 124 * place, way, batch) for place, way in enumerate(WAYS)]
    right = [shape(8, 18, "output[t]", (4, 10))]
    right += [sequences(8 + 78 * place, 48, way, batch) for place, way in enumerate(WAYS)]
    right.append(label(8, 190, _("each row is one sequence"), "quiet", "start"))
    wrong = [shape(8, 18, "Y[t].reshape(4, 10)", (4, 10))]
    for place, way in enumerate(WAYS):
        for number in batch:
            row, column = divmod(number, 2)
            wrong.append(
                box(
                    8 + 78 * column,
                    48 + 60 * place + 30 * row,
                    76,
                    28,
                    f"{ARROWS[way]} {number}",
                    way,
                )
            )
    wrong.append(label(8, 190, _("a row holds two sequences"), "quiet", "start"))
    return [panel(100, 296, one), panel(190, 200, right), panel(190, 200, wrong)]


def merged_biases() -> Drawing:
    """Draw which biases of a GRU Equinox adds, and which it keeps apart."""
    wide = 3 * HIDDEN
    parts = [shape(8, 18, "bias_ih", (wide,)), shape(8, 68, "bias_hh", (wide,))]
    parts += [shape(8, 138, "bias", (wide,)), shape(8, 188, "bias_n", (HIDDEN,))]
    for place, gate in enumerate(GATES["GRU"]):
        x = 92 + 70 * place
        both = gate != "n"
        parts += [box(x, 8, 66, 28, f"{gate}_ih", "code"), box(x, 58, 66, 28, f"{gate}_hh", "code")]
        parts.append(label(x + 33, 52, "+", "name") if both else "")
        text = f"{gate} + {gate}" if both else f"{gate}_ih"
        parts.append(box(x, 128, 66, 28, text, "code"))
        if both:
            parts.append(arrow(x + 33, 90, x + 33, 124))
        else:
            parts.append(box(x, 178, 66, 28, f"{gate}_hh", "code moves"))
    return [panel(92 + 70 * 3 + 4, 214, parts)]


def kernel() -> Drawing:
    """Draw the one kernel of TensorFlow 1, and what PyTorch has in its place."""
    rows = 4 * HIDDEN
    left = [shape(8, 18, "kernel", (INPUT + HIDDEN, rows))]
    right = [
        shape(8, 18, "weight_ih_l0.T", (INPUT, rows)),
        shape(8, 112, "weight_hh_l0.T", (HIDDEN, rows)),
    ]
    for place, (theirs, ours) in enumerate(zip("ijfo", GATES["LSTM"], strict=True)):
        x, moves = 8 + 56 * place, "" if theirs == ours else "moves"
        left += [box(x, 48, 54, 36, theirs, moves), box(x, 86, 54, 60, theirs, moves)]
        right += [box(x, 42, 54, 36, ours, moves), box(x, 136, 54, 60, ours, moves)]
    left += [
        label(240, 71, _("input"), "quiet", "start"),
        label(240, 121, _("hidden"), "quiet", "start"),
    ]
    return [panel(310, 152, left), panel(240, 202, right)]


def folded() -> Drawing:
    """Draw an LSTM with a projection, and one with the projection folded into its weights."""
    full = [label(8, 18, "proj_size=2", "code", "start")]
    full += [box(50, 40, 50, 40, _("cell")), box(170, 40, 86, 40, "weight_hr", "code")]
    full += [arrow(10, 60, 46, 60), arrow(100, 60, 166, 60), arrow(256, 60, 300, 60)]
    full += [label(133, 52, "h 5", "code"), label(278, 52, "2", "code")]
    full += [line(276, 60, 276, 110), line(276, 110, 75, 110), arrow(75, 110, 75, 84)]
    full.append(label(175, 128, "weight_hh (20, 2)", "code"))
    fold = [label(8, 18, _("folded"), "name", "start")]
    fold += [box(50, 40, 50, 40, _("cell")), box(170, 40, 86, 40, "Linear", "code")]
    fold += [arrow(10, 60, 46, 60), arrow(100, 60, 166, 60), arrow(256, 60, 300, 60)]
    fold += [label(124, 52, "h 5", "code"), label(278, 52, "2", "code")]
    fold += [line(150, 60, 150, 110), line(150, 110, 75, 110), arrow(75, 110, 75, 84)]
    fold.append(label(190, 128, "weight_hh @ weight_hr (20, 5)", "code"))
    return [panel(306, 138, full), panel(306, 138, fold)]


def vector() -> Drawing:
    """Draw the order of all parameters in the one vector of cuDNN."""
    parts, y = [], 8
    for kind, names in ((_("matrices"), "weight_ih, weight_hh"), (_("biases"), "bias_ih, bias_hh")):
        parts.append(label(8, y + 14, kind, "name", "start"))
        parts.append(label(90, y + 14, names, "code quiet", "start"))
        y += 24
        for layer in range(2):
            for way in WAYS:
                text = _("layer {}").format(layer)
                parts.append(box(8, y, 160, 26, f"{text} {ARROWS[way]}", way))
                y += 28
        y += 8
    return [panel(290, y, parts)]


CARRIED: dict[str, Draw] = {
    "arrays-keras": partial(arrays, "kernel", "recurrent_kernel", "bias"),
    "arrays-flax": partial(arrays, "dense_i.kernel", "dense_h.kernel", "dense_h.bias"),
    "states-keras": partial(states, "hc"),
    "states-flax": partial(states, "ch"),
    "axes-onnx": axes,
    "biases-equinox": merged_biases,
    "kernel-tensorflow": kernel,
    "fold-a-projection": folded,
    "vector-cudnn": vector,
}
