"""Configuration of the site."""

import gc
import os
import sys
import tomllib
from importlib.metadata import version as installed_version
from pathlib import Path
from urllib.parse import urlsplit

import torch

import rnn_guide.directions

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS / "_extensions"))

# It takes less time: the collector need not look again and again at what PyTorch has made.
gc.freeze()
gc.set_threshold(20_000)

# Project
project = "RNN Guide"
author = "The RNN Guide developers"
copyright = f"2026, {author}"
version = release = installed_version("rnn-guide")

# Extensions
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.doctest",
    "sphinx.ext.intersphinx",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "pictures",  # before the gallery, which needs the thumbnails
    "sphinx_gallery.gen_gallery",
    "explorer",
    "light_pages",
    "mathml",
    "needs",
    "notfound.extension",
    "published",
    "questions",
    "rule_tables",
    "undated",
]
exclude_patterns = [
    "_build",
    "_inventories",
    "records",
    "auto_gallery/*.ipynb",
    "auto_gallery/*.py",
]

# Markdown
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

# Docstrings. The package imports these types for type checkers only; here they become links.
rnn_guide.directions.Tensor = torch.Tensor
rnn_guide.directions.PackedSequence = torch.nn.utils.rnn.PackedSequence
autodoc_typehints = "signature"
autodoc_type_aliases = {"RNNBase": "torch.nn.RNNBase"}
napoleon_use_ivar = True
napoleon_numpy_docstring = False

# Doctests: no setup, so that each example imports what it uses
doctest_global_setup = ""
doctest_show_successes = False

# References: small inventories of our own, so that a build needs no network
intersphinx_mapping = {
    "python": ("https://docs.python.org/3/", "_inventories/python.txt"),
    "torch": ("https://docs.pytorch.org/docs/stable/", "_inventories/torch.txt"),
}

# Gallery
sphinx_gallery_conf = {
    "examples_dirs": "../gallery",
    "gallery_dirs": "auto_gallery",
    "filename_pattern": "/plot_",
    "within_subsection_order": "FileNameSortKey",  # as text: a class cannot be pickled
    "backreferences_dir": "_backrefs",  # for the list of examples beside each function
    "doc_module": ("rnn_guide",),
    "image_scrapers": (),  # the scripts print; their thumbnails come from pictures.py
    "reset_modules": (),
    "abort_on_example_error": True,
    "min_reported_time": 10**9,  # no timings, so that two builds are equal
    "write_computation_times": False,
    "remove_config_comments": True,
    "show_signature": False,
}

# Addresses: whoever hosts the site changes them in pyproject.toml. Read the Docs knows its own.
pyproject = tomllib.loads((DOCS.parent / "pyproject.toml").read_text(encoding="utf-8"))
addresses = pyproject["project"]["urls"]
html_baseurl = os.environ.get("READTHEDOCS_CANONICAL_URL", addresses["Documentation"])

# The page for addresses that do not exist, whose links must hold at any depth
notfound_urls_prefix = urlsplit(html_baseurl).path
notfound_context = {
    "title": "Page not found",
    "body": f"""<h1>Page not found</h1>
<p>There is no page at this address.
Start at the <a href="{notfound_urls_prefix}">first page</a>, or use the search.</p>""",
}

# HTML
html_theme = "furo"
html_theme_options = {
    "source_repository": addresses["Source"],
    "source_branch": "main",
    "source_directory": "docs/",
}
html_copy_source = False  # published.py writes each page as Markdown
html_title = "RNN Guide"
html_static_path = ["_static"]
templates_path = ["_templates"]
html_css_files = ["guide.css"]
html_js_files = ["guide.js"]
html_favicon = "_static/favicon.svg"
html_math_renderer = "mathml"
html_search_scorer = str(DOCS / "_extensions" / "search_scorer.js")

# The copy button takes code without prompts and without what the code prints.
copybutton_prompt_text = r">>> |\.\.\. ?"
copybutton_prompt_is_regexp = True
copybutton_only_copy_prompt_lines = True
copybutton_copy_empty_lines = False  # they belong to what is printed
copybutton_selector = "div:not(.sphx-glr-script-out) > div.highlight > pre"
