"""What is drawn into a page has a text alternative, which a translation reaches."""

from docutils import nodes
from sphinx import addnodes
from sphinx.locale import get_translation
from sphinx.util.docutils import SphinxDirective
from sphinx_markdown_builder.translator import MarkdownTranslator

_ = get_translation("guide")


class DrawnNode(addnodes.translatable, nodes.General, nodes.Element):
    """Something drawn; its text alternative can be translated."""

    def preserve_original_messages(self) -> None:
        """Keep the text; there is nothing else to keep."""

    def extract_original_messages(self) -> list[str]:
        """Return the texts to translate."""
        return [self["alternative"]]

    def apply_translated_message(self, original_message: str, translated_message: str) -> None:
        """Put the translation in the place of the text."""
        self["alternative"] = translated_message


def visit_markdown(translator: MarkdownTranslator, node: DrawnNode) -> None:
    """Write the text alternative in the place of the drawing."""
    text = _("Picture: {alternative}").format(alternative=node["alternative"])
    translator.add(text, prefix_eol=2, suffix_eol=2)
    raise nodes.SkipNode


class DrawnDirective(SphinxDirective):
    """A directive whose content is the text alternative."""

    required_arguments = 1
    has_content = True

    def alternative(self) -> str:
        """Return the text alternative, or refuse its absence."""
        text = " ".join(self.content)
        if not text:
            raise self.error(f"a {self.name} must have a text alternative, got no content")
        return text
