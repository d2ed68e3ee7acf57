"""A picture of attention: the weights of each query over the steps of an encoder."""

from math import exp

from sphinx.locale import get_translation

from pictures.marks import Drawing, box, bracket, hatch, label, panel

_ = get_translation("guide")

#: The scores of two queries for seven steps.
SCORES = ((0.2, 1.9, 0.6, 0.1, 0.9, 0.0, 0.0), (1.0, 0.2, 0.4, 2.0, 0.3, 0.0, 0.0))


def softmax(scores: tuple[float, ...]) -> list[float]:
    """Return weights that add up to 1."""
    powers = [exp(score) for score in scores]
    return [power / sum(powers) for power in powers]


def weights(length: int = 5) -> Drawing:
    """Draw the weights of one sequence as a map (T, L); masked steps have none."""
    steps = len(SCORES[0])
    parts = [label(58, 18, _("L: {} steps of the encoder").format(steps), "time", "start")]
    parts.append(bracket(58, 58 + 36 * steps - 3, 26, 6, "time"))
    for query, scores in enumerate(SCORES):
        y = 40 + 37 * query
        parts.append(label(52, y + 22, _("query {}").format(query), "", "end"))
        for step, weight in enumerate(softmax(scores[:length])):
            cell = box(58 + 36 * step, y, 33, 33, kind="weight")
            parts.append(f'<g fill-opacity="{weight:.2f}">{cell}</g>')
            parts.append(label(74.5 + 36 * step, y + 22, f"{weight:.2f}"))
        for step in range(length, steps):
            parts.append(hatch(58 + 36 * step, y, 33))
            parts.append(box(58 + 36 * step, y, 33, 33, "0", "masked"))
    bottom = 40 + 37 * len(SCORES) + 16
    text = _("each row adds up to 1")
    parts.append(label(58, bottom, text, "", "start"))
    parts.append(label(58 + 36 * steps - 3, bottom, _("masked"), "quiet", "end"))
    return [panel(58 + 36 * steps, bottom + 10, parts)]
