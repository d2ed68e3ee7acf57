"""
Scripts in one piece: a page asks once for a tool, not once for each module that it imports.

What a script loads later holds only the modules that the script has not brought yet, and modules of
several scripts of a page are one: they stand in ``globalThis``.
"""

import re
from collections.abc import Iterable
from pathlib import Path

IMPORT = re.compile(r'^import (\{[^}]*\}) from "([^"]+)";\n', re.MULTILINE)
EXPORTS = re.compile(
    r"^export (?:\{ ([^}]*) \};\n|(?=(?:const|class|function) (\w+)))", re.MULTILINE
)
COMMENT = re.compile(
    r"^ *(?:/\*\*(?:(?!\*/).)*\*/|//[^\n]*)\n|/\*\*(?:(?!\*/).)*\*/ ?|^ +", re.MULTILINE | re.DOTALL
)
REGISTRY = "const modules = (globalThis.modulesOfGuide ??= {});\n"


def bundle(module: Path, brought: Iterable[Path] = ()) -> str:
    """
    Return a module that holds the modules that it imports, if they are not there already.

    Comments and indents stay in the repository.
    """
    parts = dict.fromkeys(brought, "")
    source = _add_imports(module, parts)
    return COMMENT.sub("", REGISTRY * bool(parts) + "".join(parts.values()) + source)


def held(module: Path) -> set[Path]:
    """Return the modules that a module holds, without itself."""
    parts: dict[Path, str] = {}
    _add_imports(module, parts)
    return set(parts)


def closed(source: str) -> str:
    """Return a module without imports as an expression, whose value is what it exports."""
    names = ", ".join(one or several for several, one in EXPORTS.findall(source))
    return f"(() => {{\n{EXPORTS.sub('', source)}\nreturn {{ {names} }};\n}})()"


def _add_imports(module: Path, parts: dict[Path, str]) -> str:
    """Add what a module imports, and return the module that finds it there."""
    source = module.read_text(encoding="utf-8")
    for _names, address in IMPORT.findall(source):
        imported = (module.parent / address).resolve()
        if imported not in parts:
            text = _add_imports(imported, parts)  # what it imports itself stands before it
            parts[imported] = f"{_place(imported)} ??= {closed(text)};\n"
    return IMPORT.sub(
        lambda found: f"const {found[1]} = {_place((module.parent / found[2]).resolve())};\n",
        source,
    )


def _place(module: Path) -> str:
    return f'modules["{module.parent.name}/{module.name}"]'
