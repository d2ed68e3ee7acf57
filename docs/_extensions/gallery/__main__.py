"""Run the scripts of the gallery, so that builds side by side find what they print."""

import sys
from pathlib import Path

from sphinx.application import Sphinx

DOCS = Path(__file__).parents[2]
BUILT = DOCS / "_build" / "gallery"

if __name__ == "__main__":  # the extensions run as they are set up; no page is built
    Sphinx(DOCS, DOCS, BUILT, BUILT / "doctrees", "dummy", status=None, warning=sys.stderr)
