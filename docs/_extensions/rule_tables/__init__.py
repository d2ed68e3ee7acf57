"""Directives whose tables are made from the rules in ``rnn_guide``: no shape is typed by hand."""

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import get_translation
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata, OptionSpec

from rnn_guide import _rules, symbolic_parameter_shapes, symbolic_shapes
from rnn_guide._rules import Kind
from tables.made import literal, table
from tensors.link import ExplorerLink

_ = get_translation("guide")

#: What each row of a table of shapes asks the rules.
LAYOUTS: dict[str, dict[str, Any]] = {
    "batched": {},
    "batch_first": {"batch_first": True},
    "unbatched": {"layout": "unbatched"},
    "packed": {"layout": "packed"},
}

#: What the explorer shows for a table: layers above the first one, and where there is a projection,
#: an ``H_out`` that differs from ``H_cell``.
STACKED = {"num_layers": 2}
PROJECTED = {"proj_size": 2}


def shape(axes: Sequence[str]) -> nodes.Node:
    """Return a shape as Python writes a tuple."""
    return literal(f"({', '.join(axes)}{',' if len(axes) == 1 else ''})")


def yes_or_no(text: str) -> bool:
    """Return the value of an option."""
    return {"yes": True, "no": False}[text]


class ShapeTable(SphinxDirective):
    """
    ``{shape-table} LSTM``: every tensor of a layer, for each layout of the input.

    The options ``bidirectional`` and ``projected`` write out ``D`` and ``H_out``.
    """

    required_arguments = 1
    option_spec: ClassVar[OptionSpec] = {"bidirectional": yes_or_no, "projected": yes_or_no}

    def run(self) -> list[nodes.Node]:
        """Return the table, with one column for tensors that always have the same shape."""
        kind = cast(Kind, self.arguments[0])
        layouts = {
            name: symbolic_shapes(kind, **layout, **self.options)
            for name, layout in LAYOUTS.items()
        }
        columns: dict[tuple[tuple[str, ...], ...], list[str]] = {}
        for tensor in layouts["batched"]:
            shapes = tuple(layout[tensor] for layout in layouts.values())
            columns.setdefault(shapes, []).append(tensor)
        head = [_("layout"), *(", ".join(tensors) for tensors in columns.values())]
        rows = (
            [self.head(kind, name), *(shape(axes) for axes in cells)]
            for name, cells in zip(layouts, zip(*columns, strict=True), strict=True)
        )
        return [table(_("Tensors of {layer}").format(layer=self.layer(kind)), head, rows)]

    def head(self, kind: Kind, name: str) -> nodes.Node:
        """Return the name of a layout, which leads to a layer and an input of that kind."""
        both = self.options.get("bidirectional", True)
        projection = PROJECTED if self.options.get("projected") else {}
        arguments = {**STACKED, "bidirectional": both, **projection, **LAYOUTS[name]}
        link = ExplorerLink(kind=kind, arguments=arguments, element="span")
        return nodes.inline("", "", nodes.Text(f"{name} "), link)

    def layer(self, kind: str) -> str:
        """Return the layer, with the arguments that the options stand for."""
        arguments = []
        if "bidirectional" in self.options:
            arguments.append(f"bidirectional={self.options['bidirectional']}")
        if self.options.get("projected"):
            arguments.append("proj_size=H_out")
        return f"nn.{kind}(…, {', '.join(arguments)})" if arguments else f"nn.{kind}"


class ParameterTable(SphinxDirective):
    """``{parameter-table} LSTM``: every parameter of a layer and direction."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        kind = cast(Kind, self.arguments[0])
        projected = kind in _rules.HAS_PROJECTION
        axes = symbolic_parameter_shapes(kind, num_layers=2, projected=projected)
        without_bias = symbolic_parameter_shapes(kind, bias=False, projected=projected)
        without_projection = symbolic_parameter_shapes(kind)
        rows = []
        for first in symbolic_parameter_shapes(kind, projected=projected):
            name = first.removesuffix("_l0")
            condition: nodes.Node = nodes.Text(_("always"))
            if first not in without_bias:
                condition = literal("bias")
            elif first not in without_projection:
                condition = literal("proj_size")
            cells = [literal(f"{name}_l[k]"), shape(axes[first]), shape(axes[f"{name}_l1"])]
            rows.append([*cells, condition])
        head = (_("parameter"), _("first layer, k = 0"), _("layers above, k > 0"), _("there if"))
        title = self.title(kind, axes["weight_ih_l0"][0])
        arguments = STACKED | PROJECTED if projected else STACKED
        link = ExplorerLink(kind=kind, arguments=arguments, element="p")
        return [table(title, head, rows), link]

    def title(self, kind: Kind, axis: str) -> str:
        """Return the title, with the order of the blocks on the first axis where it has some."""
        title = _("Parameters of {layer}").format(layer=f"nn.{kind}")
        blocks = _rules.GATES[kind]
        if len(blocks) == 1:
            return title
        stacks = {"title": title, "axis": axis, "blocks": ", ".join(blocks)}
        return _("{title}: {axis} stacks the blocks {blocks}").format(**stacks)


class SymbolTable(SphinxDirective):
    """``{symbol-table}``: what each symbol means."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        rows = []
        for symbol, meaning in _rules.SYMBOLS.items():
            text, _messages = self.parse_inline(_(meaning))
            rows.append([literal(symbol), nodes.inline("", "", *text)])
        return [table(_("Symbols"), (_("symbol"), _("meaning")), rows)]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directives."""
    app.add_directive("shape-table", ShapeTable)
    app.add_directive("parameter-table", ParameterTable)
    app.add_directive("symbol-table", SymbolTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
