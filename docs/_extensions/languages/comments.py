"""
The comments in code, which a translation has in its own words.

Nothing else of an example changes, so it does what it does in English; what is recorded of it is
found by ``english_of``.
"""

import io
import re
import tokenize
from collections.abc import Callable, Iterator
from functools import partial

from docutils import nodes
from sphinx.locale import get_translation
from sphinx.transforms import SphinxTransform

from languages.missing import has_words, look_up

_ = get_translation("code")
PROMPT = re.compile(r"(>>>|\.\.\.)( |$)")
PYTHON = {"default", "py", "py3", "pycon", "pycon3", "python", "python3"}
#: The attributes that hold a text as it was before, and the code that a doctest runs.
ENGLISH, TEST = "english", "test"


class TranslateComments(SphinxTransform):
    """Translate the comments of each block of Python."""

    default_priority = 30  # after the texts, before anything looks at an example

    def apply(self, **kwargs: object) -> None:
        """Write the text of each block anew."""
        for block in blocks_of(self.document):
            english = block.astext()
            text = with_comments(english, partial(self.said, block))
            if text == english:
                continue
            block[ENGLISH] = english
            block.rawsource = text
            block.children = []
            block += nodes.Text(text)
            if TEST in block:
                block[TEST] = with_comments(block[TEST], partial(self.said, block))

    def said(self, block: nodes.Element, comment: str) -> str:
        """Return a comment in the language of the edition."""
        if not has_words(comment):
            return comment
        if self.config.language != "en":
            look_up("code", comment, block)
        return _(comment)


def blocks_of(document: nodes.document) -> list[nodes.Element]:
    """Return the blocks of Python of a page."""
    return [
        node
        for node in document.findall(nodes.Element)
        if isinstance(node, nodes.literal_block | nodes.doctest_block)
        and ("testnodetype" in node or str(node.get("language", "default")).lower() in PYTHON)
    ]


def english_of(block: nodes.Element) -> str:
    """Return what an example is in English."""
    return str(block.get(ENGLISH, block.astext()))


def with_comments(text: str, said: Callable[[str], str]) -> str:
    """Return a block with each comment, without its mark, in the place of what it said."""
    lines = text.split("\n")
    for row, start, comment in reversed(list(comments_of(text))):
        mark = re.match(r"#+:? *", comment)
        assert mark, "a comment begins with its mark"
        rest = comment[mark.end() :]
        new = said(rest) if rest else rest
        end = start + len(comment)
        lines[row] = f"{lines[row][:start]}{mark[0]}{new}{lines[row][end:]}"
    return "\n".join(lines)


def comments_of(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield line, column and text of each comment of an example with prompts, or of a script."""
    lines = text.split("\n")
    prompts = [PROMPT.match(line) for line in lines]
    session = text.lstrip().startswith(">>>")
    typed = [row for row, prompt in enumerate(prompts) if prompt or not session]
    starts = [prompt.end() if session and prompt else 0 for prompt in prompts]
    code = "".join(f"{lines[row][starts[row] :]}\n" for row in typed)
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.COMMENT:
                row = typed[token.start[0] - 1]
                yield row, starts[row] + token.start[1], token.string
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return  # a part of a statement
