"""Pictures of batches: sequences as rows, steps as columns, padding and packing."""

from itertools import count

from sphinx.locale import get_translation

from pictures.marks import (
    ARROWS,
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

_ = get_translation("guide")

CORPUS = ("i like dog", "i love coffee", "i hate milk", "i like music", "i hate you")
LENGTHS = (2, 7, 4)


def sentences() -> Drawing:
    """Draw the five sentences as a table that is read one column after another."""
    parts = []
    for t in range(3):
        x = 92 + 74 * t
        parts.append(label(x + 30, 18, f"t={t}", "time"))
        parts.append(box(x - 3, 28, 66, 174, "", "frame" if t == 0 else "quiet"))
        if t < 2:
            parts.append(arrow(x + 63, 115, x + 71, 115))
        for row, sentence in enumerate(CORPUS):
            parts.append(box(x, 34 + 34 * row, 60, 26, sentence.split()[t]))
    for row in range(len(CORPUS)):
        parts.append(label(84, 52 + 34 * row, _("sequence {}").format(row), "batch", "end"))
    return [panel(308, 208, parts)]


def packed(lengths: tuple[int, ...] = (4, 2, 1)) -> Drawing:
    """Draw a padded batch, the order in which packing keeps its steps, and batch_sizes."""
    parts = []
    numbers = count()
    bottom = 46 + 34 * len(lengths)
    for t in range(max(lengths)):
        x = 98 + 52 * t
        parts.append(label(x + 24, 18, f"t={t}", "time"))
        alive = sum(length > t for length in lengths)
        for row in range(len(lengths)):
            text, kind = (str(next(numbers)), "") if row < alive else (_("pad"), "quiet")
            parts.append(box(x, 28 + 34 * row, 48, 28, text, kind))
        parts.append(label(x + 24, bottom, str(alive), "code"))
    for row, length in enumerate(lengths):
        parts.append(label(90, 47 + 34 * row, _("length {}").format(length), "batch", "end"))
    parts.append(label(90, bottom, "batch_sizes", "code", "end"))
    return [panel(98 + 52 * max(lengths) + 2, bottom + 10, parts)]


def padding(lengths: tuple[int, ...] = LENGTHS) -> Drawing:
    """Draw a batch before padding, padded at the end and at the start, and packed."""
    return [
        rows_of(_("three sequences"), lengths, None),
        rows_of(_("padded at the end"), lengths, "end"),
        rows_of(_("padded at the start"), lengths, "start"),
        packed_data(lengths),
    ]


def tags(numbers: tuple[int, ...] = (3, 7, 2, 9, 4)) -> Drawing:
    """Draw how both directions of a layer give each step of a sequence its tag."""
    steps = len(numbers)
    rows = ((52, "forward"), (90, "backward"))
    parts = [label(80, 206, _("numbers"), "name", "end"), label(80, 26, _("tags"), "name", "end")]
    for y, name in rows:
        parts.append(label(80, y + 24, f"{direction(name)} {ARROWS[name]}", name, "end"))
    for t, number in enumerate(numbers):
        x = 90 + 44 * t
        tag = int(t + 1 < steps and numbers[t + 1] > number)
        parts += [box(x, 8, 36, 28, str(tag), "target"), box(x, 188, 36, 28, str(number))]
        parts.append(label(x + 18, 176, f"t={t}" if t == 0 else str(t), "time"))
        parts += [box(x, y + 6, 36, 26, kind=name) for y, name in rows]
        parts += [arrow(x + 18, 160, x + 18, 124), arrow(x + 18, 58, x + 18, 38)]
        if t + 1 < steps:
            parts += [arrow(x + 36, 71, x + 44, 71), arrow(x + 44, 109, x + 36, 109)]
    return [panel(88 + 44 * steps, 222, parts)]


def beams(parents: tuple[int, ...] = (0, 0, 2)) -> Drawing:
    """Draw how the rows of a state follow the beginnings that beam search keeps."""
    parts = [label(8, 18, _("before a step"), "name", "start")]
    parts.append(label(196, 18, _("after it"), "name", "start"))
    for place, parent in enumerate(parents):
        y, came = 30 + 38 * place, 30 + 38 * parent
        kept = "" if place in parents else "quiet"
        parts.append(box(8, y, 100, 28, f"h[:, {place}]", f"code {kept}"))
        parts.append(line(108, came + 14, 196, y + 14, "" if place == parent else "moves"))
        parts.append(box(196, y, 100, 28, f"h[:, {parent}]", "code"))
    text = f"rows = {list(parents)}"
    parts.append(label(8, 30 + 38 * len(parents) + 18, text, "code", "start"))
    return [panel(304, 30 + 38 * len(parents) + 26, parts)]


def rows_of(title: str, lengths: tuple[int, ...], pad: str | None) -> Panel:
    """Draw sequences as rows; padding stands at their end, at their start or nowhere."""
    parts = [label(8, 18, title, "name", "start")]
    longest = max(lengths)
    for row, length in enumerate(lengths):
        before = longest - length if pad == "start" else 0
        y = 28 + 30 * row
        parts.append(cells(8 + 20 * before, y, [str(row)] * length, 20))
        if pad:
            missing = [""] * (longest - length)
            parts.append(cells(8 + 20 * (0 if before else length), y, missing, 20, "quiet"))
    return panel(16 + 20 * longest, 28 + 30 * len(lengths), parts)


def packed_data(lengths: tuple[int, ...]) -> Panel:
    """Draw what a packed batch keeps: the real steps, step by step, the longest first."""
    parts = [label(8, 18, _("packed: no padding"), "name", "start")]
    order = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    x = 8
    for t in range(max(lengths)):
        alive = [str(row) for row in order if lengths[row] > t]
        parts.append(cells(x, 28, alive, 20))
        parts.append(label(x + 10 * len(alive) - 1, 72, str(t), "time"))
        x += 20 * len(alive) + 5
    parts.append(label(8, 92, _("time step"), "time", "start"))
    return panel(x + 4, 100, parts)
