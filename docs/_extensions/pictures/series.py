"""Pictures of long sequences: cut into windows, columns and chunks, or shifted by one step."""

from sphinx.locale import get_translation

from pictures.marks import Drawing, arrow, box, bracket, cells, frame, label, line, panel

_ = get_translation("guide")


def windows(steps: int = 10, length: int = 4) -> Drawing:
    """Draw a series as a strip, and below it each window with the step that is its target."""
    x = [50 + 26 * t for t in range(steps)]
    parts = [label(44, 26, _("series"), "name", "end")]
    parts.append(cells(x[0], 8, map(str, range(steps)), 26))
    for row in range(steps - length):
        y = 48 + 30 * row
        parts.append(label(44, y + 18, f"x[{row}]", "code", "end"))
        parts.append(cells(x[row], y, map(str, range(row, row + length)), 26))
        parts.append(box(x[row + length], y, 24, 26, str(row + length), "target"))
    bottom = 48 + 30 * (steps - length) + 14
    parts.append(box(50, bottom - 13, 18, 16))
    parts.append(label(74, bottom, _("a window of {} steps").format(length), "", "start"))
    parts.append(box(212, bottom - 13, 18, 16, kind="target"))
    parts.append(label(236, bottom, _("its target"), "", "start"))
    return [panel(310, bottom + 10, parts)]


def shifted() -> Drawing:
    """Draw a target with the steps that a decoder reads and those that it has to predict."""
    target = (("START", "5", "6", "7", "END"), ("START", "8", "END", "PAD", "PAD"))
    parts = [label(8, 18, "read = target[:, :-1]", "code", "start")]
    parts.append(bracket(8, 8 + 58 * 4 - 4, 26, 8))
    for row, words in enumerate(target):
        for t, word in enumerate(words):
            kind = "quiet" if word == "PAD" else ""
            parts.append(box(8 + 58 * t, 42 + 34 * row, 54, 28, word, kind))
    parts.append(bracket(66, 8 + 58 * 5 - 4, 122, -8))
    parts.append(label(294, 142, "wanted = target[:, 1:]", "code", "end"))
    return [panel(302, 152, parts)]


def columns(words: int = 24, batch: int = 4, length: int = 3) -> Drawing:
    """Draw a text that is bent into columns, and cut into segments along time."""
    steps = words // batch
    parts = []
    for n in range(batch):
        x = 98 + 54 * n
        parts.append(label(x + 22, 18, f"n={n}", "batch"))
        for t in range(steps):
            y = 30 + 30 * t + 22 * (t // length)
            parts.append(box(x, y, 44, 26, str(n * steps + t), "quiet" if t == steps - 1 else ""))
        for cut in range(length, steps, length):
            y = 30 + 30 * cut + 22 * (cut // length - 1)
            parts.append(arrow(x + 22, y - 3, x + 22, y + 20))
    for segment in range(steps // length):
        y = 30 + segment * (30 * length + 22)
        parts.append(label(90, y + 24, _("segment {}").format(segment), "name", "end"))
        read = min(length, steps - 1 - segment * length)
        text = _("{} steps").format(read)
        parts.append(label(90, y + 42, text, "time", "end"))
        if segment:
            parts.append(label(90, y - 8, _("the state"), "quiet", "end"))
    bottom = 30 * steps + 22 * (steps // length - 1)
    parts.append(label(90, bottom + 18, _("only a target"), "quiet", "end"))
    return [panel(98 + 54 * batch - 8, bottom + 30, parts)]


def chunks(lengths: tuple[int, ...] = (6, 1, 8, 5)) -> Drawing:
    """Draw a stream in chunks; the state goes from each chunk to the next."""
    parts = [label(4, 18, _("the stream, in chunks"), "name", "start")]
    x = 4
    previous = None
    for length in lengths:
        width = 12 * length
        parts.append(cells(x, 30, [""] * length, 12))
        parts.append(label(x + width / 2 - 1, 74, str(length), "time"))
        middle = x + width / 2 - 1
        parts.append(frame(x - 2, 27, width + 2, 32))
        if previous is not None:
            parts += [line(previous, 82, previous, 98), line(previous, 98, middle - 9, 98)]
            parts.append(line(middle - 9, 98, middle - 9, 96))
            parts.append(arrow(middle - 9, 98, middle - 9, 80))
        previous = middle + 9
        x += width + 18
    parts.append(label(4, 124, _("the state goes on to the next chunk"), "", "start"))
    return [panel(x - 12, 132, parts)]
