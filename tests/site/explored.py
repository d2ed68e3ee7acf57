"""What the explorer answers for an address, without a browser."""

import json
import re
from typing import Any

from built import ROOT
from py_mini_racer import MiniRacer

from explorer import fields, rules
from theme.bundle import bundle, closed

ROOM = ROOT / "docs" / "_extensions" / "explorer"
# a query of an address is read by the browser
BROWSER = r"""
class URLSearchParams {
  constructor(text) {
    const pairs = text.replace(/^\?/, "").split("&").filter(Boolean);
    this.pairs = pairs.map((pair) => pair.split("=").map(decodeURIComponent));
  }
  [Symbol.iterator]() { return this.pairs[Symbol.iterator](); }
}
"""
GLUE = """
const plain = (_, value) => (typeof value === "bigint" ? Number(value) : value);
const tell = (value) => JSON.stringify(value, plain) ?? "null";
const rules = JSON.parse(RULES);
const { names } = rules.pasted;
const read = (hash, kept) => tell(address.readAddress("", hash, JSON.parse(kept), names));
const answered = (values) =>
  tell(answer.answer(rules, shapes.layerFrom(JSON.parse(values))));
null
"""


def kept() -> list[dict[str, Any]]:
    """Return what each field takes, as the script finds it in the form."""
    found = []
    for group in fields.fields().values():
        for name, (value, _meaning) in group.items():
            options = {"options": list(value)} if isinstance(value, dict) else {}
            found.append({"name": name, "flag": isinstance(value, bool), **options})
    return found


class Explorer:
    """The modules of the explorer that need no page."""

    def __init__(self) -> None:
        """Load them."""
        self.engine = MiniRacer()
        files = {"address": ROOM / "address.js", "answer": ROOM / "answer.js"}
        files["shapes"] = ROOM.parent / "tensors" / "shapes.js"
        modules = "".join(f"const {n} = {closed(bundle(path))};\n" for n, path in files.items())
        data = json.dumps(json.dumps(rules.data(), default=str))
        self.engine.eval(f"const RULES = {data};\n{BROWSER}{modules}{GLUE}")

    def _call(self, name: str, *arguments: Any) -> Any:
        return json.loads(str(self.engine.call(name, *arguments)))

    def read(self, case: str) -> dict[str, Any]:
        """Return what an address says of the fields, and what of it is not understood."""
        found: dict[str, Any] = self._call("read", f"#{case}", json.dumps(kept()))
        return found

    def answer(self, case: str) -> dict[str, Any]:
        """Return the answer, with the numbers of each tensor."""
        state = fields.first() | {"lengths": "7, 5, 2, 1"}
        for name, text in self.read(case)["values"].items():
            state[name] = _value(text) if name != "lengths" else text
        lengths = [int(length) for length in state.pop("lengths").split(",")]
        if state["layout"] == "packed":
            state["lengths"] = lengths
        found: dict[str, Any] = self._call("answered", json.dumps(state))
        found["numbers"] = {
            name: [int(size) for size in re.findall(r"\d+", shape)]
            for name, shape in found["shapes"].items()
        }
        return found

    def number(self, axis: str, answer: dict[str, Any]) -> int:
        """Return what an axis in symbols is in an answer."""
        product = 1
        for factor in axis.split("*"):
            product *= int(factor) if factor.isdecimal() else answer["sizes"][factor]
        return product


def _value(text: str) -> Any:
    if text in {"True", "False"}:
        return text == "True"
    return int(text) if text.isdecimal() else text
