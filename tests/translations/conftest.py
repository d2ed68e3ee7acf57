"""Where the tests of the translations find the room of the languages, and the examples."""

import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS.parent / "docs" / "_extensions"), str(TESTS / "pages")]
