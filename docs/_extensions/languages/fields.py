"""The fields of a docstring as Chinese writes them: Sphinx puts a dash and a colon of its own."""

from docutils import nodes
from sphinx.application import Sphinx

DASH, COLON = " -- ", "："


def write_colons(app: Sphinx, document: nodes.document) -> None:
    """Put a colon between a name and what it is, where English has a dash."""
    if app.config.language == "en":
        return
    for body in document.findall(nodes.field_body):
        for text in list(body.findall(nodes.Text)):
            if text.astext() == DASH:
                text.parent.replace(text, nodes.Text(COLON))
