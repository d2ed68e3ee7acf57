"""The field and the buttons that filter the list, with the texts that they say."""

from collections import Counter
from html import escape

from sphinx.locale import get_translation

import filters
from error_cards import labels

_ = get_translation("guide")


def html(counts: Counter[str]) -> str:
    """Return the form for as many lines of each label as there are."""
    buttons = "".join(
        f'<button type="button" class="filter-chip {kind}" data-label="{kind}" '
        'aria-pressed="false">'
        f"{escape(text)} <b>{counts[kind]}</b></button>"
        for kind, text in labels.texts().items()
    )
    name = escape(_("What happens"))
    group = f'<div role="group" aria-label="{name}">{buttons}</div>\n'
    texts = {
        "label": _("Filter the messages"),
        "hint": _("Words of your message …"),
        "some": _("{found} of {all} messages"),
        "none": _("No message holds these words. The box above knows other wordings too."),
        "all": _("{all} messages"),
    }
    return filters.form(".error-list > li", texts, counts.total(), group)
