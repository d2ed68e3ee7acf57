"""Run the pure modules of the site's scripts, as a browser does."""

import json
import re
from typing import Any

from built import ROOT
from py_mini_racer import MiniRacer

ROOMS = ROOT / "docs" / "_extensions"
IMPORT = re.compile(r"^import .*?;\n", re.MULTILINE | re.DOTALL)


def engine(*modules: str) -> MiniRacer:
    """Return a JavaScript engine that holds what these modules define, such as ``room/name.js``."""
    racer = MiniRacer()
    for module in modules:
        text = IMPORT.sub("", (ROOMS / module).read_text(encoding="utf-8"))
        racer.eval(re.sub(r"^export ", "", text, flags=re.MULTILINE) + "; null")
    return racer


def function(racer: MiniRacer, expression: str):
    """Return a function of a text that gives what an expression of ``text`` is."""
    racer.eval(f"const called = (text) => JSON.stringify({expression} ?? null); null")

    def call(text: str) -> Any:
        return json.loads(racer.call("called", text))

    return call
