"""Fill in the shape explorer, read its answers, and make the layers that it speaks of."""

import json
import random
from typing import Any

import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence

from rnn_guide._rules import LAYOUTS

KINDS = {"RNN": nn.RNN, "GRU": nn.GRU, "LSTM": nn.LSTM}

# Sets fields as a reader does, one event for each, and returns everything that the page answers.
DRIVE = """
([values, hover]) => {
  const form = document.getElementById("shape-explorer");
  for (const [name, value] of Object.entries(values)) {
    const field = form.elements[name];
    const key = field.type === "checkbox" ? "checked" : "value";
    if (String(field[key]) === String(value)) continue;
    field[key] = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const texts = (name) => Object.fromEntries(
    [...document.querySelectorAll(`[data-${name}]`)].map((e) => [e.dataset[name], e.textContent]),
  );
  const cells = {};
  for (const button of hover ? document.querySelectorAll("[data-cells]") : []) {
    button.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
    cells[button.textContent] = [...document.querySelectorAll("svg.picture rect.lit")].map(
      (cell) => [cell.dataset.row, cell.getAttribute("x"), cell.getAttribute("class")].join(),
    );
  }
  return {
    tensors: texts("tensor"),
    parameters: texts("parameter"),
    total: document.querySelector("#explorer-parameters caption").textContent,
    code: document.querySelector("[data-code]").textContent,
    layer: document.querySelector("[data-layer]").textContent,
    errors: Object.fromEntries([...form.elements].filter((e) => e.type === "text").map(
      (e) => [e.name, document.getElementById(e.getAttribute("aria-describedby")).textContent],
    )),
    disabled: [...form.elements].filter((e) => e.disabled).map((e) => e.name),
    rows: [...document.querySelectorAll("#explorer-rows tbody tr")].map(
      (row) => [...row.cells].map((cell) => cell.textContent),
    ),
    cells,
  };
}
"""


def draw(seed: int) -> dict[str, Any]:
    """Draw a layer and an input. Sizes differ, so that no swap of two axes goes unseen."""
    rng = random.Random(seed)
    sizes = rng.sample(range(1, 12), 4)
    kind = rng.choice(list(KINDS))
    layout = rng.choice(LAYOUTS)
    values = dict(zip(("input_size", "hidden_size", "seq_len", "batch_size"), sizes, strict=True))
    values |= {"kind": kind, "layout": layout, "num_layers": rng.randint(1, 5)}
    values |= {name: rng.random() < 0.5 for name in ("bias", "batch_first", "bidirectional")}
    values["proj_size"] = rng.choice([0, rng.randrange(values["hidden_size"])])
    values["dropout"] = rng.choice([0, 0.25, 1])
    if rng.random() < 0.1:
        values["batch_size"] = 0
    values["lengths"] = ", ".join(str(rng.randint(1, 9)) for _ in range(rng.randint(1, 6)))
    return values


def options(values: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of the real layer: those that apply."""
    names = ["input_size", "hidden_size", "num_layers", "bias", "bidirectional"]
    names += ["batch_first"] * (values["layout"] == "batched")
    names += ["proj_size"] * (values["kind"] == "LSTM")
    names += ["dropout"] * (values["num_layers"] > 1)
    return {name: values[name] for name in names}


def real(values: dict[str, Any]) -> tuple[nn.RNNBase, dict[str, torch.Tensor]]:
    """Run the real layer; return it and the tensors that it takes and returns."""
    layer = KINDS[values["kind"]](**options(values))
    seq_len, batch_size, features = (
        values[name] for name in ("seq_len", "batch_size", "input_size")
    )
    if values["layout"] == "packed":
        lengths = json.loads(f"[{values['lengths']}]")
        sequences = [torch.zeros(length, features) for length in lengths]
        x = pack_sequence(sequences, enforce_sorted=False)
    elif values["layout"] == "unbatched":
        x = torch.zeros(seq_len, features)
    elif values["batch_first"]:
        x = torch.zeros(batch_size, seq_len, features)
    else:
        x = torch.zeros(seq_len, batch_size, features)
    output, last = layer(x)
    tensors = {"input": getattr(x, "data", x), "output": getattr(output, "data", output)}
    last = last if isinstance(last, tuple) else (last,)
    for name, state in zip("hc", last, strict=False):
        tensors[f"{name}_0"] = tensors[f"{name}_n"] = state
    # the page is right only if the layer takes its h_0 and c_0
    layer(x, last if len(last) > 1 else last[0])
    return layer, tensors


def text(tensor: torch.Tensor) -> str:
    return str(tuple(tensor.shape))
