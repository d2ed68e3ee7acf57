"""Pictures of padding that is read along, or counted along, and of leaving it out."""

from sphinx.locale import get_translation

from pictures.marks import ARROWS, Drawing, Panel, box, hatch, label, panel
from rnn_guide import _rules

_ = get_translation("guide")

BOTH = _rules.DIRECTIONS[True]


def pooled(values: tuple[int, ...] = (-2, -4, -3), steps: int = 5) -> Drawing:
    """Draw one feature of a padded sequence, and its mean and maximum with and without padding."""
    all_steps = [*values, *[0] * (steps - len(values))]
    parts = [label(8, 18, _("one feature of one sequence"), "name", "start")]
    for t, value in enumerate(all_steps):
        kind = "" if t < len(values) else "quiet"
        parts.append(box(8 + 46 * t, 30, 42, 30, str(value), kind))
        parts.append(label(29 + 46 * t, 80, f"t={t}" if t == 0 else str(t), "time"))
    end = 8 + 46 * len(values)
    parts.append(label(end, 98, _("padding"), "quiet", "start"))
    rows = (
        (_("mean"), sum(all_steps) / steps, sum(values) / len(values)),
        (_("maximum"), max(all_steps), max(values)),
    )
    for x, title in ((92, _("of all steps")), (196, _("of the real ones"))):
        parts.append(label(x, 132, title, "", "start"))
    for row, (name, wrong, right) in enumerate(rows):
        y = 142 + 38 * row
        parts.append(label(84, y + 20, name, "name", "end"))
        parts.append(box(92, y, 84, 30, f"{wrong:g} ✕", "fails"))
        parts.append(box(196, y, 84, 30, f"{right:g} ✓", "runs"))
    return [panel(306, 142 + 38 * len(rows) + 2, parts)]


def reading(length: int = 4, steps: int = 7) -> Drawing:
    """Draw which states have read padding: in one direction, in two, and packed."""
    return [
        states(_("one direction"), BOTH[:1], length, steps),
        states(_("two directions"), BOTH, length, steps),
        states(_("two directions, packed"), BOTH, length, length),
    ]


def has_read_padding(direction: str, t: int, length: int, steps: int) -> bool:
    """Return whether the state at a step depends on a step behind the end of its sequence."""
    read = range(t + 1) if direction == "forward" else range(t, steps)
    return any(step >= length for step in read)


def states(title: str, directions: tuple[str, ...], length: int, steps: int) -> Panel:
    """Draw the states of a sequence; those are hatched that have read a step of padding."""
    parts = [label(8, 18, title, "name", "start")]
    for row, name in enumerate(directions):
        y = 30 + 56 * row
        parts.append(label(8, y + 22, ARROWS[name], name, "start"))
        last = range(steps)[_rules.CELLS["h_n"]["step"][name]]
        for t in range(steps):
            x = 28 + 38 * t
            kind = name if t < length else "quiet"
            parts.append(box(x, y, 34, 34, kind=f"{kind} full" if t == last else kind))
            if has_read_padding(name, t, length, steps):
                parts.append(hatch(x, y, 34))
        parts.append(label(45 + 38 * last, y + 50, f"h_n[{row}]", "code"))
    bottom = 30 + 56 * len(directions) + 12
    for t in range(steps):
        parts.append(label(45 + 38 * t, bottom, f"t={t}" if t == 0 else str(t), "time"))
    if steps > length:
        parts += [box(28, bottom + 12, 18, 18, kind="quiet"), hatch(28, bottom + 12, 18)]
        text = _("has read padding")
        parts.append(label(54, bottom + 26, text, "", "start"))
        bottom += 26
    return panel(28 + 38 * steps + 6, bottom + 10, parts)
