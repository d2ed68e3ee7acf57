"""The field and the buttons that filter the list, with the texts that they say."""

import string
from collections import Counter
from html import escape
from pathlib import Path

from sphinx.locale import get_translation

from error_cards import labels

_ = get_translation("guide")
TEMPLATE = string.Template((Path(__file__).parent / "form.html").read_text(encoding="utf-8"))


def html(counts: Counter[str]) -> str:
    """Return the form for as many lines of each label as there are."""
    chips = "".join(
        f'<button type="button" class="error-chip {kind}" data-label="{kind}" aria-pressed="false">'
        f"{escape(text)} <b>{counts[kind]}</b></button>"
        for kind, text in labels.texts().items()
    )
    count = counts.total()
    return TEMPLATE.substitute(
        name=escape(_("Filter")),
        label=escape(_("Filter the messages")),
        hint=escape(_("Words of your message …")),
        group=escape(_("What happens")),
        chips=chips,
        some=escape(_("{found} of {all} messages")),
        none=escape(_("No message holds these words. The box above knows other wordings too.")),
        all=escape(_("{all} messages")),
        said=escape(_("{all} messages").format(all=count)),
    )
