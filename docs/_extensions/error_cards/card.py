"""The card of a section about an error, made from its document when the HTML is written."""

from docutils import nodes
from sphinx.locale import get_translation

from error_cards import labels, sentences
from error_cards.halves import Halves, cut
from error_cards.parts import Continued, Part, divided, line, part
from error_cards.tails import folded
from versions import OTHER_VERSIONS

_ = get_translation("guide")
#: How much higher one half may be than the other, in lines of so many characters: beside each other
#: they would leave a hole.
MAX_DIFFERENCE, CHARACTERS = 9, 46


def card(section: nodes.section, kind: str) -> nodes.section:
    """Return a copy of a section, laid out as a card; ``kind`` is one of the labels."""
    drawn = section.deepcopy()
    drawn.parent = section.parent
    drawn["classes"].append("error-card")
    title, *content = drawn.children
    drawn.children = []
    content, others = other_versions(content)
    nested = [node for node in content if isinstance(node, nodes.section)]
    own = [node for node in content if not isinstance(node, nodes.section)]
    if own and isinstance(own[0], nodes.paragraph):
        stand_out(own[0])
    name = line("span", f"card-label {kind}", nodes.Text(labels.texts()[kind]))
    drawn += [line("p", "card-labels", name), title]
    drawn += part("div", "card-body", *in_halves(own, title.astext(), kind), *nested)
    drawn += others
    return drawn


def other_versions(content: list[nodes.Node]) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """Return what is not about other versions, and what is, with one line to open for all."""
    rest: list[nodes.Node] = []
    opening: list[nodes.Node] = []
    lists: list[nodes.bullet_list] = []
    inside = False
    for node in content:
        if isinstance(node, nodes.raw) and OTHER_VERSIONS in node.astext():
            inside = True
            opening = opening or [node]
        elif inside and isinstance(node, nodes.bullet_list):
            lists.append(node)
        elif inside:
            inside = False
        else:
            rest.append(node)
    if not lists:
        return rest, []
    items = {item.astext(): item for one in lists for item in one}  # each once
    lists[0].children = []
    lists[0] += list(items.values())
    return rest, [*opening, lists[0], nodes.raw("", "</details>", format="html")]


def stand_out(paragraph: nodes.paragraph) -> None:
    """Let the first sentence of a paragraph stand out."""
    first, others = sentences.parted(paragraph)
    paragraph.children = []
    paragraph += [nodes.strong("", "", *first), *others]


def in_halves(content: list[nodes.Node], message: str, kind: str) -> list[nodes.Node]:
    """Return the content with its first example that fails in halves, and folded what is long."""
    examples = [
        (place, node)
        for place, node in enumerate(content)
        if isinstance(node, nodes.literal_block) and "testnodetype" in node
    ]
    for place, node in examples:
        found = cut(node.astext(), message)
        if found:
            both = halves(node, found, _("warns") if kind == labels.WARNS else _("fails"))
            return [*content[:place], both, *folded(content[place + 1 :])]
    first = examples[0][0] + 1 if examples else len(content)
    return [*content[:first], *folded(content[first:], above=content[:first])]


def halves(block: nodes.literal_block, found: Halves, fails: str) -> Part:
    """Return an example in two halves, the second with the statements that it needs, unseen."""
    first, second = divided(block, len(found.fails))
    continued = Continued("", second, needed=found.needed)
    uneven = abs(height(found.fails) - height(found.runs)) > MAX_DIFFERENCE
    return part(
        *("div", "halves uneven" if uneven else "halves"),
        part("div", "half fails", line("p", "half-name", nodes.Text(fails)), first),
        part("div", "half runs", line("p", "half-name", nodes.Text(_("runs"))), continued),
    )


def height(text: str) -> int:
    """Return how many lines a text takes in a half."""
    return sum(1 + len(shown) // CHARACTERS for shown in text.splitlines())
