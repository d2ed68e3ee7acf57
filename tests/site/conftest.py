"""What the tests of the built site share."""

import pytest
from built import HTML
from hypothesis import settings
from scripts import engine, function

# The first example of a run pays for the start of PyTorch or of the JavaScript engine.
settings.register_profile("site", deadline=None)
settings.load_profile("site")

DOCTOR = ("extract", "keys", "match", "causes", "explain")


@pytest.fixture(scope="session")
def explain():
    """Return a function that gives what the box explains of a pasted text, or nothing."""
    racer = engine("tensors/words.js", *(f"doctor/{module}.js" for module in DOCTOR))
    data = (HTML / "_static" / "doctor" / "patterns.json").read_text(encoding="utf-8")
    racer.eval(f"const guide = prepare({data}); null")
    return function(racer, "explain(guide, text)")
