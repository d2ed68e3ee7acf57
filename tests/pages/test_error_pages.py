"""The pages about errors hold every message of PyTorch's recurrent modules, word by word."""

import ast
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pytest
import torch
from examples import EXAMPLES, FENCE, Example
from record import RECORD, expected, ordered

PAGES = Path(__file__).parents[2] / "docs" / "errors"
TORCH = Path(torch.__file__).parent
SOURCES = ("nn/modules/rnn.py", "nn/utils/rnn.py")

# Messages that no page shows, each with the reason.
UNREACHABLE = {
    "hx must not be None": "nn.RNN makes a state of zeros where none is given",
    "mode must be RNN_TANH or RNN_RELU, got {}": "only after `layer.mode` was overwritten",
}

# Messages that a CPU cannot raise, with the library that holds them.
GPU_ONLY = {
    "RNN module weights are not part of single contiguous chunk of memory. This means they need "
    "to be compacted at every call, possibly greatly increasing memory usage. To compact weights "
    "again call flatten_parameters().",
    "cudnn RNN backward can only be called in training mode",
    "Double backwards is not supported for CuDNN RNNs due to limitations in the CuDNN API.",
    "rnn: hx is not contiguous",
    "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED",
    "cuDNN error: CUDNN_STATUS_NOT_SUPPORTED. This error may appear if you passed in a "
    "non-contiguous input.",
}
# What stands in cuDNN's own library.
STATUS = re.compile(r"CUDNN_STATUS_\w+")

LABEL = re.compile(r"^\(([a-z0-9-]+)\)=\n### (.*)$", re.MULTILINE)
NEWEST = list(RECORD["releases"])[-1]


class Section(NamedTuple):
    """A message or mistake of a page: its label, its heading and its first example."""

    label: str
    heading: str
    example: Example | None

    def __str__(self) -> str:
        return self.label


def sections(page: Path) -> list[Section]:
    """Return the sections of a page that are a message or a mistake."""
    first = {e.section: e for e in reversed(EXAMPLES) if e.page == page}
    text = page.read_text("utf-8")
    return [Section(label, heading, first.get(label)) for label, heading in LABEL.findall(text)]


def printed(examples: Iterable[Example], release: str) -> str:
    """Return all that examples print with a release, messages of errors included."""
    return "\n".join(outcome.text for e in examples for outcome in expected(e, release))


SECTIONS = [section for page in sorted(PAGES.glob("*.md")) for section in sections(page)]
MESSAGES = [section for section in SECTIONS if section.label.startswith("error-")]
PRINTED = printed((e for e in EXAMPLES if e.page.parent == PAGES), torch.__version__)


def text_of(heading: str) -> str:
    """Return the text of a heading that is inline code."""
    code = re.fullmatch(r"(`+)( ?)(.+?)\2\1", heading)
    assert code, f"not inline code: {heading}"
    return code[3]


def template(node: ast.expr) -> str | None:
    """Return a message with {} where a value is put in; None where it is not written out."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(v.value if isinstance(v, ast.Constant) else "{}" for v in values)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return (template(left) or "{}") + (template(right) or "{}")
        case ast.Call(func=ast.Attribute(value=text, attr="format")):
            return template(text)
    return None


def values_of(name: str, function: ast.FunctionDef, module: ast.Module) -> list[ast.expr]:
    """Return all that a local name may hold: what is assigned, the default, what callers pass."""
    values = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
    ]
    parameters = [argument.arg for argument in function.args.args]
    if name in parameters:
        defaults = dict(zip(reversed(parameters), reversed(function.args.defaults), strict=False))
        values += [defaults[name]] if name in defaults else []
        place = parameters.index(name) - ("self" in parameters)
        values += [
            call.args[place]
            for call in ast.walk(module)
            if isinstance(call, ast.Call)
            and ast.unparse(call.func).split(".")[-1] == function.name
            and len(call.args) > place
        ]
    return values


def messages(source: str) -> set[str]:
    """Return the templates of every message that a module raises or warns with."""
    module = ast.parse(source)
    found = set()
    for function in ast.walk(module):
        if not isinstance(function, ast.FunctionDef):
            continue
        calls = [
            decorator
            for decorator in function.decorator_list
            if "deprecated(" in ast.unparse(decorator)
        ]
        for node in ast.walk(function):
            if isinstance(node, ast.Raise):
                calls.append(node.exc)
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "warnings.warn":
                calls.append(node)
        for call in calls:
            assert getattr(call, "args", None), ast.unparse(call)
            message = call.args[0]
            if isinstance(message, ast.Call) and isinstance(message.func, ast.Attribute):
                message = message.func.value  # msg.format(…)
            choices = [message]
            if isinstance(message, ast.Name):
                choices = values_of(message.id, function, module)
            templates = [template(choice) for choice in choices]
            assert templates, ast.unparse(call)
            assert None not in templates, ast.unparse(call)
            found.update(templates)
    return found


def pattern(message: str) -> str:
    """Return a pattern that finds a message whatever its values are."""
    return ".+".join(re.escape(part) for part in message.split("{}"))


ALL_MESSAGES = sorted({m for path in SOURCES for m in messages((TORCH / path).read_text("utf-8"))})


class TestEveryMessage:
    @pytest.mark.parametrize("message", ALL_MESSAGES)
    def test_is_printed_by_an_example(self, message):
        """
        Each message of PyTorch's recurrent modules is raised on a page, or has a reason not to be.
        """
        shown = bool(re.search(pattern(message), PRINTED))

        assert shown != (message in UNREACHABLE)

    @pytest.mark.skipif(
        ordered(torch.__version__) < ordered(RECORD["reference"]), reason="they came later"
    )
    def test_no_reason_is_out_of_date(self):
        """
        The list of messages that are not shown names none that PyTorch no longer has.
        """
        assert set(UNREACHABLE) <= set(ALL_MESSAGES)

    def test_finds_every_form(self):
        """
        A message is found as a constant, an f-string, a sum, a variable, a default and an argument.
        """
        source = (
            "def check(self, size, msg='default {}'):\n"
            "    raise RuntimeError(msg.format(size))\n"
            "def call(self, n, mode):\n"
            "    self.check(n, 'passed {}')\n"
            "    text = f'joined {n} ' 'parts'\n"
            "    if n: raise ValueError(text)\n"
            "    if mode: raise TypeError('sum: ' + mode)\n"
            "    warnings.warn('warning', stacklevel=2)\n"
            "@deprecated('old', category=FutureWarning)\n"
            "def old(): pass\n"
        )

        assert messages(source) == {
            "default {}",
            "passed {}",
            "joined {} parts",
            "sum: {}",
            "warning",
            "old",
        }


class TestEverySection:
    @pytest.mark.parametrize("section", MESSAGES, ids=str)
    def test_heading_is_the_message(self, section):
        """
        The heading of a message stands in what the first example below it prints with the newest
        release of PyTorch.
        """
        message = text_of(section.heading)
        examples = [section.example] if section.example else []

        assert (message in printed(examples, NEWEST)) != (message in GPU_ONLY)

    def test_all_messages_have_a_label(self):
        """
        A third-level heading is a message or a mistake, and has a label to link to.
        """
        for page in PAGES.glob("*.md"):
            labels = [section.label for section in sections(page)]
            headings = re.findall(r"^### .*$", page.read_text("utf-8"), re.MULTILINE)
            assert len(headings) == len(labels) == len(set(labels)), page

    def test_mistakes_have_a_check(self):
        """
        Each mistake that raises nothing has an example with a check.
        """
        texts = [page.read_text("utf-8") for page in PAGES.glob("*.md")]
        pieces = [piece for text in texts for piece in re.split(r"^\(wrong-", text, flags=re.M)[1:]]
        for piece in pieces:
            fences = "".join(fence[2] for fence in FENCE.finditer(piece))
            assert re.search("# (check|wrong)", fences), piece.split("\n", 1)[0]
        assert pieces

    @pytest.mark.parametrize("message", sorted(GPU_ONLY))
    def test_gpu_message_stands_in_the_library(self, message):
        """
        A message that needs a GPU is the text that PyTorch's libraries hold, but for a status.
        """
        if not [*TORCH.glob("lib/*torch_cuda*")]:
            pytest.skip("this PyTorch has no GPU library")

        libraries = [library.read_bytes() for library in TORCH.glob("lib/*torch_c[pu]*")]
        for part in STATUS.split(message):
            assert any(part.encode() in library for library in libraries)
