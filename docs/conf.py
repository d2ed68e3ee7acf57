"""Configuration of the site."""

import gc
import importlib
import os
import sys
import tomllib
from importlib.metadata import version as installed_version
from pathlib import Path
from urllib.parse import urlsplit

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS / "_extensions"))

# Load PyTorch, and keep the garbage collector off its many objects: a build takes 7.8 s of
# processor time, not 10.4 s.
torch = importlib.import_module("torch")
gc.freeze()
gc.set_threshold(20_000)

# Project
project = "RNN Guide"
author = "The RNN Guide developers"
copyright = f"2026, {author}"
version = release = installed_version("rnn-guide")

# Extensions. Some of ours set up one that they build on: doctest_needs sphinx.ext.doctest, gallery
# sphinx-gallery, machine_readable those for Open Graph, the sitemap and Markdown.
extensions = [
    # Sphinx's
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
    "sphinx.ext.napoleon",
    # others'
    "myst_parser",
    "notfound.extension",
    "sphinx_copybutton",
    # ours, in _extensions
    "book",
    "cheat_sheet",
    "code_marks",
    "crashes",
    "doctest_needs",
    "doctor",
    "error_cards",
    "error_list",
    "explorer",
    "filters",
    "front",
    "gallery",
    "languages",
    "lost",
    "machine_readable",
    "mathml",
    "moved",
    "pictures",
    "player",
    "questions",
    "rule_tables",
    "search",
    "tables",
    "tensors",
    "theme",
    "undated_archives",
    "versions",
]
exclude_patterns = [
    "_build",
    "_extensions",
    "_inventories",
    "locale",
    "records",
    "auto_gallery/*.ipynb",
    "auto_gallery/*.py",
]

# Languages: a catalog for each page; the room has those of all other texts
locale_dirs = ["locale"]
gettext_compact = False
gettext_location = False

# The release of PyTorch that prints the examples: pages write {{ torch }}.
torch_release = ".".join(torch.__version__.split(".")[:2])

# Markdown
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath", "substitution"]
myst_substitutions = {"torch": f"PyTorch {torch_release}"}
myst_heading_anchors = 3

# Docstrings
autodoc_type_aliases = {"RNNBase": "torch.nn.RNNBase"}
nitpick_ignore = [("py:class", "rnn_guide.directions.Part")]  # a type variable has no page
napoleon_use_ivar = True
napoleon_numpy_docstring = False

# Doctests
doctest_show_successes = False

# References: small inventories of our own, so that a build needs no network. They know types also
# by the short names that our annotations have.
intersphinx_mapping = {
    "python": ("https://docs.python.org/3/", "_inventories/python.txt"),
    "torch": (f"https://docs.pytorch.org/docs/{torch_release}/", "_inventories/torch.txt"),
}

# Gallery
sphinx_gallery_conf = {
    "examples_dirs": "../gallery",
    "gallery_dirs": "auto_gallery",
    "filename_pattern": "/plot_",
    "within_subsection_order": "FileNameSortKey",  # as text: a class cannot be pickled
    "backreferences_dir": "_backrefs",  # for the list of examples beside each function
    "doc_module": ("rnn_guide",),
    "image_scrapers": (),  # the scripts print; their thumbnails are our pictures
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

# What other programs read. The descriptions come from machine_readable.
ogp_site_url = html_baseurl
ogp_type = "article"
ogp_enable_meta_description = False
ogp_social_cards = {"enable": False}  # ours hold pictures
ogp_custom_meta_tags = ['<meta name="twitter:card" content="summary_large_image">']
sitemap_url_scheme = "{link}"
sitemap_locales = [None]  # machine_readable lists the editions
sitemap_excludes = ["404.html", "genindex.html", "search.html"]

# The page for addresses that do not exist, whose links must hold at any depth
notfound_urls_prefix = urlsplit(html_baseurl).path

# HTML
html_theme = "furo"
html_theme_options = {
    "source_repository": addresses["Source"],
    "source_branch": "main",
    "source_directory": "docs/",
}
html_copy_source = False  # each page is there as Markdown
html_title = "RNN Guide"
html_favicon = "_extensions/theme/logo.svg"
html_math_renderer = "mathml"

# The copy button takes code without prompts and without what the code prints.
copybutton_prompt_text = r">>> |\.\.\. ?"
copybutton_prompt_is_regexp = True
copybutton_copy_empty_lines = False  # they belong to what is printed
copybutton_selector = "div:not(.sphx-glr-script-out) > div.highlight > pre"
