"""What follows a repair: where it is more than a screen, it is folded, and its lead says so."""

import re
from collections.abc import Sequence

from docutils import nodes
from docutils.utils import column_width

from error_cards import sentences
from error_cards.parts import Part, line, part
from languages.text import shortened

#: The height of a screen, and how much of it stays open, in pixels, as far as a document tells.
SCREEN, OPEN = 600, 300
LINE, LINE_OF_CODE, FRAME, CHARACTERS = 27, 22, 50, 100
#: An example that only asks the package.
CHECKED = re.compile(r"^>>> rnn_guide\.check_forward\((?:.|\n\.\.\.)*\nTraceback", re.MULTILINE)
#: The longest sentence that becomes the line to open.
MAX_LEAD = 120


def folded(content: list[nodes.Node], above: Sequence[nodes.Node] = ()) -> list[nodes.Node]:
    """
    Return the content, with what the package says and what is below a screen folded.

    Args:
        content: What follows the first example.
        above: That example with its text, where it is not in halves: it fills the screen too.
    """
    drawn: list[nodes.Node] = []
    shown = sum(map(height, above))
    long = shown + sum(map(height, content)) > SCREEN
    for number, group in enumerate(groups(content)):
        shown += sum(map(height, group))
        below = long and (number > 0 or bool(above)) and shown > OPEN
        drawn += [fold(group)] if can_fold(group) and (below or checks(group)) else group
    return drawn


def checks(group: list[nodes.Node]) -> bool:
    """Return whether a group shows what ``check_forward`` says, and nothing else."""
    codes = [node.astext() for node in group if isinstance(node, nodes.literal_block)]
    return bool(codes) and all(CHECKED.search(code) for code in codes)


def height(node: nodes.Node) -> int:
    """Return how high a node is drawn, roughly."""
    lines = node.astext().splitlines()
    if isinstance(node, nodes.FixedTextElement):
        return FRAME + LINE_OF_CODE * len(lines)
    return sum(LINE * (1 + column_width(one) // CHARACTERS) for one in lines)


def groups(content: list[nodes.Node]) -> list[list[nodes.Node]]:
    """Return the content in groups: text, and the examples that it introduces."""
    found: list[list[nodes.Node]] = [[]] if content else []
    for node in content:
        last = found[-1]
        if last and isinstance(node, nodes.paragraph):
            introduces = node.astext().endswith((":", "："))
            if introduces or isinstance(last[-1], nodes.literal_block):
                found.append([])
        found[-1].append(node)
    return found


def can_fold(group: list[nodes.Node]) -> bool:
    """Return whether a group has a lead, and nothing that another page may link to."""
    targets = (node for part in group for node in part.findall(nodes.Element) if node["ids"])
    lead, *rest = group
    shown = any(not isinstance(node, nodes.Invisible) for node in rest)
    return shown and isinstance(lead, nodes.paragraph) and not any(targets)


def fold(group: list[nodes.Node]) -> Part:
    """Return a group behind a line that is its first sentence."""
    lead, *rest = group
    assert isinstance(lead, nodes.paragraph)
    said, others = sentences.parted(lead)
    text = "".join(node.astext() for node in said)
    if column_width(text) > MAX_LEAD:
        summary: list[nodes.Node] = [nodes.Text(shortened(text, MAX_LEAD))]
    else:
        summary = [without_link(node) for node in said]
        if isinstance(said[-1], nodes.Text):
            summary[-1] = nodes.Text(said[-1].rstrip(":："))
        if not any(leads_on(node) for node in said):
            lead = nodes.paragraph("", "", *others)
    below = [lead, *rest] if lead.astext().strip() else rest
    return part("details", "card-more", line("summary", "", *summary), *below)


def without_link(node: nodes.Node) -> nodes.Node:
    """Return a node without its link, for a line that opens something itself."""
    return node[0].deepcopy() if isinstance(node, nodes.reference) else node.deepcopy()


def leads_on(node: nodes.Node) -> bool:
    """Return whether a node is a link to read on, and not the name of a function."""
    return isinstance(node, nodes.reference) and not isinstance(node[0], nodes.literal)
