"""Directives whose tables are made from the rules in ``rnn_guide``: no shape is typed by hand."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from rnn_guide import rules, symbolic_parameter_shapes, symbolic_shapes


def literal(text: str) -> nodes.Node:
    """Return a text in the font of code."""
    return nodes.literal(text, text)


def shape(axes: Sequence[str]) -> nodes.Node:
    """Return a shape as Python writes a tuple."""
    return literal(f"({', '.join(axes)}{',' if len(axes) == 1 else ''})")


def yes_or_no(text: str) -> bool:
    """Return the value of an option."""
    return {"yes": True, "no": False}[text]


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[nodes.Node]]) -> nodes.table:
    """Return a table whose first column names the rows."""
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=1) for _ in head]
    group += nodes.thead("", row(nodes.Text(cell) for cell in head))
    group += nodes.tbody("", *(row(cells) for cells in rows))
    result = nodes.table("", nodes.title("", title), group, classes=["rules"])
    group["stub"] = True
    group.children[0]["stub"] = 1
    return result


def row(cells: Iterable[nodes.Node]) -> nodes.row:
    """Return a row of a table."""
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))


LAYOUTS = {  # what each row of a table of shapes asks the rules
    "batched": {},
    "batch_first": {"batch_first": True},
    "unbatched": {"layout": "unbatched"},
    "packed": {"layout": "packed"},
}


class ShapeTable(SphinxDirective):
    """
    ``{shape-table} LSTM``: every tensor of a layer, for each layout of the input.

    The options ``bidirectional`` and ``projected`` write out ``D`` and ``H_out``.
    """

    required_arguments = 1
    option_spec: ClassVar = {"bidirectional": yes_or_no, "projected": yes_or_no}

    def run(self) -> list[nodes.Node]:
        """Return the table, with one column for tensors that always have the same shape."""
        kind = self.arguments[0]
        layouts = {
            name: symbolic_shapes(kind, **layout, **self.options)
            for name, layout in LAYOUTS.items()
        }
        columns: dict[tuple[tuple[str, ...], ...], list[str]] = {}
        for tensor in layouts["batched"]:
            shapes = tuple(layout[tensor] for layout in layouts.values())
            columns.setdefault(shapes, []).append(tensor)
        head = ["layout", *(", ".join(tensors) for tensors in columns.values())]
        rows = (
            [nodes.Text(name), *(shape(axes) for axes in cells)]
            for name, cells in zip(layouts, zip(*columns, strict=True), strict=True)
        )
        return [table(f"Tensors of nn.{kind}{self.call()}", head, rows)]

    def call(self) -> str:
        """Return the arguments that the options stand for, for the title of the table."""
        arguments = []
        if "bidirectional" in self.options:
            arguments.append(f"bidirectional={self.options['bidirectional']}")
        if self.options.get("projected"):
            arguments.append("proj_size=H_out")
        return f"(…, {', '.join(arguments)})" if arguments else ""


CONDITIONS = {"bias_ih": "bias", "bias_hh": "bias", "weight_hr": "proj_size"}


class ParameterTable(SphinxDirective):
    """``{parameter-table} LSTM``: every parameter of a layer and direction."""

    required_arguments = 1
    head = ("parameter", "first layer, k = 0", "layers above, k > 0", "there if")

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        kind = self.arguments[0]
        axes = symbolic_parameter_shapes(kind, num_layers=2, projected=kind == "LSTM")
        names = [name.removesuffix("_l0") for name in axes if name.endswith("_l0")]
        rows = (
            [
                literal(f"{name}_l[k]"),
                shape(axes[f"{name}_l0"]),
                shape(axes[f"{name}_l1"]),
                literal(CONDITIONS[name]) if name in CONDITIONS else nodes.Text("always"),
            ]
            for name in names
        )
        return [table(f"Parameters of nn.{kind}", self.head, rows)]


class SymbolTable(SphinxDirective):
    """``{symbol-table}``: what each symbol means."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows = []
        for symbol, meaning in rules.SYMBOLS.items():
            text, _ = self.parse_inline(meaning)
            rows.append([literal(symbol), nodes.inline("", "", *text)])
        return [table("Symbols", ("symbol", "meaning"), rows)]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives."""
    app.add_directive("shape-table", ShapeTable)
    app.add_directive("parameter-table", ParameterTable)
    app.add_directive("symbol-table", SymbolTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
