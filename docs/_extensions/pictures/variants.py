"""Pictures of one step of an LSTM with layer normalisation, and with peepholes."""

from sphinx.locale import get_translation

from pictures.marks import Drawing, arrow, box, line, panel
from pictures.weights import named
from rnn_guide._rules import GATES

_ = get_translation("guide")

LSTM = GATES["LSTM"]


def layer_norm() -> Drawing:
    """Draw where each of the five normalisations stands in a step."""
    parts = [box(8, 8, 284, 30, "from_x(x_t) + from_h(h)", "code")]
    for place, gate in enumerate(LSTM):
        x = 8 + 72 * place
        parts += [arrow(x + 34, 38, x + 34, 58), box(x, 58, 68, 28, "norm", "target code")]
        parts.append(arrow(x + 34, 86, x + 34, 106))
        parts.append(box(x, 106, 68, 28, f"{gate} {named('LSTM', gate)}"))
        if gate != "o":
            parts.append(line(x + 34, 134, x + 34, 148))
    o = 8 + 72 * LSTM.index("o") + 34
    parts += [line(42, 148, 186, 148), arrow(114, 148, 114, 164)]
    parts += [box(8, 164, 212, 28, "c = f ⊙ c + i ⊙ g", "code")]
    parts += [arrow(114, 192, 114, 208), box(80, 208, 68, 28, "norm", "target code")]
    parts += [arrow(114, 236, 114, 254), arrow(o, 134, o, 254)]
    parts.append(box(8, 254, 284, 28, "h = o ⊙ tanh(norm(c))", "code"))
    return [panel(300, 290, parts)]


def peephole() -> Drawing:
    """Draw which cell state each gate reads."""
    parts = [box(8, 8, 212, 28, _("old cell state c"), "full")]
    for place, gate in enumerate(LSTM):
        x = 8 + 72 * place
        y = 160 if gate == "o" else 62
        if gate in "if":
            parts.append(arrow(x + 34, 36, x + 34, y))
        kind = "" if gate == "g" else "moves"
        parts.append(box(x, y, 68, 28, f"{gate} {named('LSTM', gate)}", kind))
        if gate != "o":
            parts.append(arrow(x + 34, y + 28, x + 34, 116))
    o = 8 + 72 * LSTM.index("o") + 34
    parts.append(box(8, 116, 212, 28, "c = f ⊙ c + i ⊙ g", "full code"))
    parts += [line(220, 130, o, 130), arrow(o, 130, o, 160)]
    parts += [arrow(114, 144, 114, 210), arrow(o, 188, o, 210)]
    parts.append(box(8, 210, 284, 28, "h = o ⊙ tanh(c)", "code"))
    return [panel(300, 246, parts)]
