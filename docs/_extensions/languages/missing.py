"""What an edition has not translated yet: each such text is a warning that names it."""

import re
from collections.abc import Iterable
from typing import Any

from docutils import nodes
from sphinx import locale
from sphinx.locale import get_translator
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.i18n import docname_to_domain
from sphinx.util.nodes import extract_messages

logger = logging.getLogger(__name__)
#: What is the same in each language: code, the names of labels, and what is filled in.
SAME = re.compile(
    r"\{\w+\}`[^`<]*`|(?<=<)[^<>`]*(?=>`)|(?<!\})``[^`]+``|(?<!\})`[^`]+`|\]\([^)]*\)|\{\{.*?\}\}|\{\w*\}"
)
WORD = re.compile(r"[A-Za-z]{2}")
#: Where a page says how it is built: that is the same too, and a formula.
OF_THE_PAGE = (nodes.docinfo, nodes.field, nodes.field_body)
MISSING = "not translated yet; nox -s translate adds it to the catalog: %s"


def has_words(text: str) -> bool:
    """Return whether a text says something beside code and symbols."""
    return bool(WORD.search(SAME.sub(" ", text)))


class ReportUntranslated(SphinxTransform):
    """Warn of each text of a page that its catalog does not have."""

    default_priority = 15  # in front of the translation

    def apply(self, **kwargs: object) -> None:
        """Look at each text."""
        language = self.config.language
        if language == "en":
            return
        domain = docname_to_domain(self.env.current_document.docname, self.config.gettext_compact)
        folders = [str(self.env.srcdir / folder) for folder in self.config.locale_dirs]
        known = getattr(locale.init(folders, language, domain)[0], "_catalog", {})
        for node, text in extract_messages(self.document):
            same = isinstance(node, nodes.math_block) or isinstance(node.parent, OF_THE_PAGE)
            if not same and has_words(text) and not known.get(text):
                logger.warning(MISSING, text, location=node)


def report(language: str, catalogs: dict[str, Iterable[str]]) -> None:
    """Warn of each text of other catalogs that has no translation."""
    for name, texts in catalogs.items():
        for text in dict.fromkeys(filter(has_words, texts)):
            look_up(name, text, (f"locale/{language}/{name}", None))


def look_up(catalog: str, text: str, location: Any) -> None:
    """Warn of a text that a catalog has no translation of."""
    if not getattr(get_translator(catalog), "_catalog", {}).get(text):
        logger.warning(MISSING, text, location=location)
