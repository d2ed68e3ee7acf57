"""``:needs: keras`` on a ``{doctest}`` fence: it is not run where that package is missing."""

from importlib.util import find_spec
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.ext.doctest import DoctestDirective
from sphinx.util.typing import ExtensionMetadata, OptionSpec


class NeedsDirective(DoctestDirective):
    """A ``{doctest}`` fence that may name the packages that it needs beside PyTorch."""

    option_spec: ClassVar[OptionSpec] = {
        **DoctestDirective.option_spec,
        "needs": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Return the example, for the doctest builder to skip if a package is missing."""
        if not all(find_spec(package) for package in self.options.get("needs", "").split()):
            self.options["skipif"] = "True"
        return super().run()


def setup(app: Sphinx) -> ExtensionMetadata:
    """Put the directive in the place of Sphinx's own."""
    app.setup_extension("sphinx.ext.doctest")
    app.add_directive("doctest", NeedsDirective, override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
