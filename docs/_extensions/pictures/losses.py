"""A picture of scores beside their targets, as a loss compares them."""

from sphinx.locale import get_translation

from pictures.marks import Drawing, Panel, box, label, line, panel

_ = get_translation("guide")

#: The class of each step of two sequences.
TARGETS = ((2, 0, 1), (1, 1, 2))
CLASSES = 3


def scores() -> Drawing:
    """Draw what cross_entropy compares: one column for each step, or one row for each step."""
    return [transposed(), flattened()]


def transposed() -> Panel:
    """Draw the scores of one sequence with the classes first, above its targets."""
    target = TARGETS[0]
    left = 88
    right = left + 60 * len(target) - 4
    parts = [label(8, 18, _("transposed, sequence {}").format(0), "name", "start")]
    parts += [
        label(left + 28 + 60 * t, 46, f"t={t}" if t == 0 else str(t), "time")
        for t in range(len(target))
    ]
    for number in range(CLASSES):
        y = 56 + 32 * number
        parts.append(label(left - 10, y + 19, _("class {}").format(number), "", "end"))
        for t, wanted in enumerate(target):
            parts.append(box(left + 60 * t, y, 56, 28, kind="full" if number == wanted else ""))
            if number == wanted:
                parts.append(label(left + 28 + 60 * t, y + 19, "✓"))
    y = 56 + 32 * CLASSES + 22
    parts.append(label(left - 10, y + 19, "target[0]", "code", "end"))
    for t, wanted in enumerate(target):
        parts.append(line(left + 28 + 60 * t, y - 20, left + 28 + 60 * t, y - 2))
        parts.append(box(left + 60 * t, y, 56, 28, str(wanted), "target"))
    return panel(right + 8, y + 36, parts)


def flattened() -> Panel:
    """Draw the flattened scores of all sequences, a row for each step, beside their targets."""
    parts = [label(8, 18, _("flattened, all sequences"), "name", "start")]
    parts.append(label(96, 46, "(N*L, C)", "code quiet", "start"))
    parts.append(label(288, 46, "(N*L,)", "code quiet", "end"))
    row = 0
    for number, target in enumerate(TARGETS):
        for t, wanted in enumerate(target):
            y = 56 + 28 * row + 6 * number
            parts.append(label(86, y + 17, f"n={number} t={t}", "code", "end"))
            for column in range(CLASSES):
                kind = "full" if column == wanted else ""
                parts.append(box(96 + 40 * column, y, 36, 24, "✓" if kind else "", kind))
            parts.append(line(218, y + 12, 236, y + 12))
            parts.append(box(238, y, 36, 24, str(wanted), "target"))
            row += 1
    return panel(296, 56 + 28 * row + 10, parts)
