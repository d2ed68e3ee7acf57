"""A picture of both directions: halves of the features of output, rows in turn of h_n."""

from sphinx.locale import get_translation

from pictures.marks import ARROWS, Drawing, box, cells, direction, label, panel
from rnn_guide import _rules

_ = get_translation("guide")

WAYS = _rules.DIRECTIONS[True]


def halves(num_layers: int = 3, features: int = 5) -> Drawing:
    """Draw the last axis of output beside the first axis of h_n, coloured by direction."""
    title = _("output, last axis: {} features").format(2 * features)
    parts = [label(8, 18, title, "name", "start")]
    cuts = {"forward": f"[..., :{features}]", "backward": f"[..., {features}:]"}
    for half, name in enumerate(WAYS):
        x = 8 + half * features * 26
        parts.append(cells(x, 32, [""] * features, 26, name))
        text = f"{direction(name)} {ARROWS[name]}"
        parts.append(label(x + features * 13 - 1, 78, text, name))
        parts.append(label(x + features * 13 - 1, 98, cuts[name], "code"))
    output = panel(16 + 2 * features * 26, 110, parts)
    rows = _rules.rows(num_layers, bidirectional=True)
    parts = [label(8, 18, _("h_n, first axis: {} rows").format(len(rows)), "name", "start")]
    for row, (layer, name) in enumerate(rows):
        parts.append(box(8, 32 + row * 30, 78, 26, f"h_n[{row}]", f"{name} code"))
        words = {"layer": layer, "direction": direction(name), "arrow": ARROWS[name]}
        text = _("layer {layer}, {direction} {arrow}").format(**words)
        parts.append(label(96, 50 + row * 30, text, name, "start"))
    return [output, panel(260, 32 + len(rows) * 30 + 8, parts)]
