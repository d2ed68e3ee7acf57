"""Send with each page only the styles and scripts that it needs, and link it to its source."""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

NEEDED = {  # files of extensions, by the start of their names, and what a page has that uses them
    "clipboard": 'class="highlight',
    "copybutton": 'class="highlight',
    "sg_gallery": "sphx-glr-",
    "sg_gallery-binder": "binder-badge",
    "sg_gallery-dataframe": "dataframe",
    "sg_gallery-rendered-html": "rendered_html",
    "sg-tags": "sphx-glr-tag",
}


def needed(file: Any, body: str) -> bool:
    """Return whether a page with this body uses a style or a script."""
    name = str(file.filename or "").rpartition("/")[2].partition(".")[0]
    return NEEDED.get(name, "") in body


def prune(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Drop what the page does not use; find the source of a gallery page."""
    body = context.get("body", "")
    for files in ("css_files", "script_files"):
        context[files] = [file for file in context.get(files, ()) if needed(file, body)]
    if page.startswith("auto_gallery/"):
        name = page.removeprefix("auto_gallery/")
        source = "GALLERY_HEADER.rst" if name == "index" else f"{name}.py"
        options = app.config.html_theme_options
        edit = f"{options['source_repository']}edit/{options['source_branch']}"
        context["theme_source_edit_link"] = f"{edit}/gallery/{source}"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step, behind those that add files."""
    app.connect("html-page-context", prune, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
