"""
Which statements of an example stand back: those that only prepare what it is about.

These are imports and seeds, and before the first statement that does something those that make
layers and data. A name that is made again later is what the example changes, and stays in front.
So does data that a statement reads which fails: it may be the mistake.
"""

import ast
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

SEEDS = {"manual_seed", "seed", "set_random_seed"}
#: What makes data, as ``torch.zeros(...)`` does.
DATA = {"arange", "empty", "eye", "full", "linspace", "normal", "ones", "rand", "randint", "randn"}
DATA |= {"range", "tensor", "zeros"}
#: Where the names of layers are, as in ``torch.nn.LSTM(...)``; ``torch.nn.utils`` has none.
LAYERS = {"nn", "nnx", "layers"}
#: What is said of a layer or of data at once, as in ``torch.nn.LSTM(...).eval()``.
AT_ONCE = {"eval", "reshape", "view"}
#: What constants are written with, beside layers and data.
WRITTEN = (
    ast.Constant,
    ast.Dict,
    ast.List,
    ast.Tuple,
    ast.UnaryOp,
    ast.expr_context,
    ast.unaryop,
)
#: What may stand in the call of a maker too.
GIVEN = (*WRITTEN, ast.Attribute, ast.BinOp, ast.Name, ast.keyword, ast.operator)


class Step(NamedTuple):
    """Statements that are typed at once, mostly one."""

    statements: list[ast.stmt]
    tells: bool  # it prints or raises, or a comment says that it is wrong or right
    fails: bool = False  # it raises


def set_up(steps: Sequence[Step]) -> set[int]:
    """Return the places of the steps that stand back: none where nothing else would be left."""
    made = Counter(name for step in steps for name in _names(step))
    failing = {name for step in steps if step.fails for name in _names(step, ast.Load)}
    back = set()
    leading = True
    for place, (statements, tells, _fails) in enumerate(steps):
        if tells or not all(_prepares(node) or _makes(node) for node in statements):
            leading = False
        elif all(map(_prepares, statements)) or (
            leading
            and all(made[name] == 1 for name in _names(steps[place]))
            and not (_names(steps[place]) & failing and all(map(_is_data, statements)))
        ):
            back.add(place)
    rest = [step for place, step in enumerate(steps) if place not in back]
    return back if any(step.statements for step in rest) else set()


def _names(step: Step, context: type[ast.expr_context] = ast.Store) -> set[str]:
    """Return the names that a step assigns to, or those that it reads."""
    nodes = [node for statement in step.statements for node in ast.walk(statement)]
    names = [node for node in nodes if isinstance(node, ast.Name)]
    return {node.id for node in names if isinstance(node.ctx, context)} - {"_"}


def _prepares(statement: ast.stmt) -> bool:
    """Return whether a statement imports, or sets a seed."""
    if isinstance(statement, ast.Expr | ast.Assign) and isinstance(statement.value, ast.Call):
        return _path(statement.value.func)[-1] in SEEDS
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _makes(statement: ast.stmt) -> bool:
    """Return whether a statement only gives names to layers, data and constants."""
    if not isinstance(statement, ast.Assign) or not _is_made(statement.value):
        return False
    targets = [node for target in statement.targets for node in ast.walk(target)]
    return all(isinstance(node, ast.Name | ast.Tuple | ast.expr_context) for node in targets)


def _is_data(statement: ast.stmt) -> bool:
    """Return whether a statement that makes something makes no layer."""
    called = [node.func for node in ast.walk(statement) if isinstance(node, ast.Call)]
    return not any(_path(func)[-1][:1].isupper() for func in called)


def _is_made(node: ast.AST) -> bool:
    """Return whether an expression is a layer, data, a constant, or a tuple of these."""
    if isinstance(node, ast.Call):
        return _is_given(node)
    if isinstance(node, ast.ListComp):
        return _is_made(node.elt) and all(_is_given(each.iter) for each in node.generators)
    return isinstance(node, WRITTEN) and all(map(_is_made, ast.iter_child_nodes(node)))


def _is_given(node: ast.AST) -> bool:
    """Return whether nothing is computed in an expression, which may use what has a name."""
    fits = _is_maker(node.func) if isinstance(node, ast.Call) else isinstance(node, GIVEN)
    return fits and all(map(_is_given, ast.iter_child_nodes(node)))


def _is_maker(called: ast.expr) -> bool:
    """Return whether what is called makes a layer or data."""
    *path, name = _path(called)
    if name in AT_ONCE:
        return path == [""]
    return (name in DATA and path[:1] != [""]) or (
        name[:1].isupper() and not LAYERS.isdisjoint(path) and "utils" not in path
    )


def _path(node: ast.expr) -> list[str]:
    """Return the names of ``torch.nn.LSTM``; in the place of a call there is an empty one."""
    if isinstance(node, ast.Attribute):
        return [*_path(node.value), node.attr]
    return [node.id if isinstance(node, ast.Name) else ""]
