"""The box that explains a pasted message: what it takes out, and the section that it finds."""

import re
import tomllib

import pytest
from built import ROOT


@pytest.fixture(scope="module")
def sections(explain):
    """Return a function that gives the sections for a pasted text, the best first."""

    def find(text: str) -> list[str]:
        found = explain(text)
        return [answer["label"] for answer in found["answers"]] if found else []

    return find


def on_record() -> dict[str, set[str]]:
    """Return the messages of all releases and of all headings, each with its sections."""
    found: dict[str, set[str]] = {}
    records = [
        tomllib.loads((ROOT / "docs" / "records" / name).read_text(encoding="utf-8"))
        for name in ("versions.toml", "old_messages.toml", "gpu.toml")
    ]
    for entry in records[0]["example"]:
        for text in entry.get("raises", {}).values():
            label = entry["where"].split(", ")[-2]
            found.setdefault(text.partition(": ")[2].strip(), set()).add(label)
    for entry in [*records[1]["message"], *records[2]["message"]]:
        found.setdefault(entry["text"].strip(), set()).add(entry["section"])
    for page in sorted((ROOT / "docs" / "errors").glob("*.md")):
        headings = re.findall(
            r"^\((error-.*)\)=\n### (`+) ?(.*?) ?\2$", page.read_text("utf-8"), re.M
        )
        for label, _ticks, heading in headings:
            found.setdefault(heading, set()).add(label)
    del found[""]  # of an error without words
    return found


MESSAGES = on_record()
#: A number, but no part of a name such as ``float64``; small ones count axes or are places.
NUMBER = re.compile(r"(?<![A-Za-z_.\d])(?:\d\d+|[4-9])|(?<=\dx)(?:\d\d+|[4-9])")
#: Other numbers, of which the same are equal and the same are larger.
OTHER_NUMBERS = {
    "more": lambda number: str(int(number[0]) + 23),
    "times": lambda number: str(3 * int(number[0])),
}


#: Where a build of PyTorch holds the source of an error.
SOURCE = re.compile(r" at \S*[/\\]\S+$")
#: The sections that ``doctor.toml`` tells apart by what the numbers are, not by which are equal.
MEANT = {
    cause["label"]
    for family in tomllib.loads((ROOT / "docs" / "doctor.toml").read_text("utf-8"))["message"]
    for cause in family["cause"]
}


def words(message: str) -> str:
    """Return a message without its numbers."""
    return re.sub(r"[\d\W]+", " ", SOURCE.sub("", message)).lower()


def form(message: str) -> tuple[str, ...]:
    """Return the words of a message, and which of its numbers are equal."""
    numbers = re.findall(r"\d+", SOURCE.sub("", message))
    return words(message), *(str(numbers.index(number)) for number in numbers)


SAME_WORDS: dict[str, set[str]] = {}
SAME_FORM: dict[tuple[str, ...], set[str]] = {}
for message, labels in MESSAGES.items():
    SAME_WORDS.setdefault(words(message), set()).update(labels)
    SAME_FORM.setdefault(form(message), set()).update(labels)

TRACEBACK = """\
  0%|          | 0/12 [00:00<?, ?it/s]
Traceback (most recent call last):
  File "/home/me/train.py", line 41, in <module>
    output, state = model(batch.to(device))
                    ^^^^^^^^^^^^^^^^^^^^^^^
  File "/opt/venv/lib/python3.12/site-packages/torch/nn/modules/rnn.py", line 1123, in forward
    result = _VF.lstm(input, hx, self._flat_weights, self.bias)
{type}: {message}
"""


@pytest.mark.parametrize("numbers", OTHER_NUMBERS)
@pytest.mark.parametrize("around", ["{message}", "RuntimeError: {message}", TRACEBACK])
def test_each_message_finds_its_section(numbers, around, sections):
    """
    A message of any release, with other numbers, alone and in a traceback, finds its section first.
    Where others have the same words, the first fits the numbers, and its own is there too.
    """
    missed = []
    for message, labels in MESSAGES.items():
        text = NUMBER.sub(OTHER_NUMBERS[numbers], message)
        found = sections(around.format(message=text, type="RuntimeError"))
        fitting = SAME_FORM[form(message)] | (SAME_WORDS[words(message)] & MEANT)
        if not (set(found[:1]) & fitting and set(found) & labels):
            missed.append((text, found, labels))

    assert missed == []
    assert len(MESSAGES) > 300


#: How people paste one and the same error.
PASTED = {
    "alone": "Expected hidden[0] size (2, 8, 9), got [2, 6, 9]",
    "with its type": "RuntimeError: Expected hidden[0] size (2, 8, 9), got [2, 6, 9]",
    "in a sentence": "I get `RuntimeError: Expected hidden[0] size (2, 8, 9), got [2, 6, 9]`",
    "wrapped by a terminal": "RuntimeError: Expected hid\nden[0] size (2, 8,\n9), got [2, 6, 9]",
    "wrapped behind the type": "RuntimeError:\n  Expected hidden[0] size (2, 8, 9), got [2, 6, 9]",
    "in colours": "\x1b[0;31mRuntimeError\x1b[0m: Expected hidden[0] size (2, 8, 9), got [2, 6, 9]",
    "in colours without escapes": "[0;31mRuntimeError[0m: Expected hidden[0] size (2, 8, 9), "
    "got [2, 6, 9]",
    "quoted in mail": '> Traceback (most recent call last):\n>   File "a.py", line 3\n'
    "> RuntimeError: Expected hidden[0] size (2, 8, 9), got [2, 6, 9]",
    "from pytest": "    def test():\n>       lstm(x, state)\n"
    "E       RuntimeError: Expected hidden[0] size (2, 8, 9), got [2, 6, 9]\n\n"
    "a.py:3: RuntimeError",
    "from several GPUs": "[rank0]: Traceback (most recent call last):\n"
    "[rank0]: RuntimeError: Expected hidden[0] size (2, 8, 9), got [2, 6, 9]",
    "from a notebook": "--------------------\nRuntimeError     Traceback (most recent call last)\n"
    "Cell In[4], line 2\n----> 2 lstm(x, state)\n\nFile ~/rnn.py:1123, in LSTM.forward(self)\n"
    "-> 1123 self.check_forward_args(input, hx, batch_sizes)\n\n"
    "RuntimeError: Expected hidden[0] size (2, 8, 9), got [2, 6, 9]\n",
    "followed by a log": "RuntimeError: Expected hidden[0] size (2, 8, 9), got [2, 6, 9]\n\n"
    "wandb: Waiting for W&B process to finish 5%",
    "as a cause": "RuntimeError: Expected hidden[0] size (2, 8, 9), got [2, 6, 9]\n\n"
    "The above exception was the direct cause of the following exception:\n\n"
    'Traceback (most recent call last):\n  File "train.py", line 7, in <module>\n'
    "TrainingError: the epoch has failed",
    "of an old release": "RuntimeError: Expected hidden[0] size (2, 8, 9), got (2, 6, 9)",
}


@pytest.mark.parametrize("way", PASTED)
def test_takes_the_message_out(way, explain):
    """
    However an error is pasted, the same section answers with the same numbers.
    """
    answer = explain(PASTED[way])["answers"][0]

    assert answer["label"] == "error-hidden-length-as-batch"
    assert answer["named"]["N"] == 8
    assert answer["named"]["got_N"] == 6


def test_example_is_a_message_on_record(explain):
    """
    The first example to press is a message that the guide knows, and its numbers are named.
    """
    text = tomllib.loads((ROOT / "docs" / "doctor.toml").read_text("utf-8"))["examples"][0]

    assert words(text) in SAME_WORDS
    assert explain(text)["answers"][0]["named"]


def test_takes_a_warning_out(sections):
    """
    A warning stands behind a file and before the line that warns.
    """
    text = (
        "/opt/torch/nn/modules/rnn.py:83: UserWarning: dropout option adds dropout after all but "
        "last recurrent layer, so non-zero dropout expects num_layers greater than 1, but got "
        "dropout=0.3 and num_layers=1\n  warnings.warn("
    )

    assert sections(text)[0] == "error-dropout-one-layer"


@pytest.mark.parametrize(
    "text",
    ["KeyError: 'pancakes'", "RuntimeError", "ModuleNotFoundError: No module named 'x'", "?"],
)
def test_says_nothing_of_other_messages(text, explain):
    """
    A message of something else is not explained as one of ours.
    """
    assert explain(text) is None


def test_other_layers_and_types_are_the_same_mistake(sections):
    """
    A message that names another kind of layer, type or device finds the section too.
    """
    for text, label in {
        "LSTM.forward() got an unexpected keyword argument 'h_0'": "error-state-keyword",
        "GRU: Expected input to be 2D or 3D, got 5D instead": "error-input-axes",
        "input_size should be of type int, got: Tensor": "error-input-size-type",
        "RNN input dtype (torch.int64) does not match weight dtype (torch.float32).": (
            "error-input-dtype"
        ),
        "Input and parameter tensors are not at the same device, found input tensor at cuda:0 and "
        "parameter tensor at cpu": "error-input-device",
    }.items():
        assert sections(text)[:1] == [label], text
