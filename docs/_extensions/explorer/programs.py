"""The programs that the explorer shows: with PyTorch alone, and with ``rnn_guide``."""

from sphinx.locale import get_translation

from rnn_guide import _snippets
from rnn_guide._rules import HAS_CELL_STATE, Kind, Layout

_ = get_translation("guide")


def program(kind: Kind, layout: Layout, *, bidirectional: bool, package: bool) -> list[str]:
    """Return the lines of a program that splits what the layer returns, and prints the shapes."""
    lines = []
    for line in _snippets.snippet(kind, layout, bidirectional=bidirectional):
        if line.startswith("#"):
            lines.append(_(line))
        elif package:
            lines.append(line)
        elif not line.startswith("from rnn_guide"):
            lines.append(alone(line, layout))
    return lines + prints(kind, layout, bidirectional=bidirectional, package=package)


def alone(line: str, layout: Layout) -> str:
    """Return the line that splits without the package, or any other line as it is."""
    names, _equals, call = line.partition(" = ")
    function, _bracket, tensor = call.rstrip(")").partition("(")
    splits = _snippets.SPLITS[True]
    if function == "split_output":
        right = splits["output"].partition(" = ")[2]
        return f"{names} = {right.replace('output', 'padded') if layout == 'packed' else right}"
    if function == "split_state":
        return f"{names} = {splits['h_n'].partition(' = ')[2].replace('h_n', tensor)}"
    return line


def prints(kind: Kind, layout: Layout, *, bidirectional: bool, package: bool) -> list[str]:
    """Return the lines that print the shapes; a packed sequence has those of its data."""
    packed = layout == "packed"
    states = ["h_n", "c_n"] if kind in HAS_CELL_STATE else ["h_n"]
    groups = [["padded" if packed else "output", *states]]
    if bidirectional:
        data = ".data" if packed and package else ""
        groups.append([f"forward{data}", f"backward{data}"])
    return [f"print({', '.join(f'{name}.shape' for name in names)})" for names in groups]


def printed(kind: Kind, layout: Layout, *, bidirectional: bool, package: bool) -> list[list[str]]:
    """
    Return what each of these lines prints: tensors, or parts of one.

    The script knows their shapes. A packed batch is printed as it is padded.
    """
    lines = prints(kind, layout, bidirectional=bidirectional, package=package)
    return [line[len("print(") : -1].replace(".shape", "").split(", ") for line in lines]
