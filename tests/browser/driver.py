"""Fill in the shape explorer, read its answers, and make the layers that it speaks of."""

import json
import time
from typing import Any

import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from layers import KINDS, LAYOUTS, cases, input_shape
from torch import nn
from torch.nn.utils.rnn import pack_sequence

#: A layer with two states, two directions and two layers.
BOTH = {"kind": "LSTM", "bidirectional": True, "num_layers": 2}

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
  const cellsOf = (selector) => [...document.querySelectorAll(`[data-player] ${selector}`)].map(
    (cell) => cell.dataset.cell,
  );
  const cells = {};
  const inView = {};
  for (const button of hover ? document.querySelectorAll("[data-cells]") : []) {
    button.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
    cells[button.textContent] = cellsOf("td.lit");
    inView[button.textContent] = cellsOf("[data-cell]");
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
    numbers: texts("number"),
    rows: [...document.querySelectorAll("#explorer-parts [data-of=h_n][data-step]")].map((row) => [
      row.querySelector("button").textContent,
      row.dataset.layer,
      row.dataset.direction,
      row.dataset.step,
    ]),
    parts: [...document.querySelectorAll("#explorer-parts tbody tr")].map((row) => [
      row.querySelector(".tuple").textContent,
      ...[...row.querySelectorAll("[data-way]")].map((code) => code.textContent),
    ]),
    printed: document.querySelector("[data-printed]").textContent,
    cells,
    inView,
  };
}
"""


def slow(route):
    """Answer half a second later."""
    time.sleep(0.5)
    route.continue_()


@st.composite
def readers(draw: st.DrawFn) -> dict[str, Any]:
    """Draw what a reader fills in; all other fields stay as they are."""
    case = draw(cases(LAYOUTS, max_layers=5))
    values = {"kind": case.kind, **case.arguments, "seq_len": case.seq_len}
    values["layout"] = "batched" if case.layout == "empty batch" else case.layout
    values["dropout"] = draw(st.sampled_from([0, 0.25, 1]))
    if case.batch_size is not None:
        values["batch_size"] = case.batch_size
    if case.lengths:
        values["lengths"] = ", ".join(map(str, case.lengths))
    return values


def for_readers(number: int):
    """Run a test for so many readers, who all use the page that is open."""
    health = [HealthCheck.function_scoped_fixture]
    often = settings(max_examples=number, deadline=None, suppress_health_check=health)
    return lambda test: often(given(values=readers())(test))


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
    features = values["input_size"]
    if values["layout"] == "packed":
        lengths = json.loads(f"[{values['lengths']}]")
        sequences = [torch.zeros(length, features) for length in lengths]
        x = pack_sequence(sequences, enforce_sorted=False)
    else:
        batch_size = values["batch_size"] if values["layout"] == "batched" else None
        x = torch.zeros(input_shape(features, values["seq_len"], batch_size, values["batch_first"]))
    output, last = layer(x)
    tensors = {"input": getattr(x, "data", x), "output": getattr(output, "data", output)}
    last = last if isinstance(last, tuple) else (last,)
    for name, state in zip("hc", last, strict=False):
        tensors[f"{name}_0"] = tensors[f"{name}_n"] = state
    # the page is right only if the layer takes its h_0 and c_0
    layer(x, last if len(last) > 1 else last[0])
    return layer, tensors


def text(tensor: torch.Tensor) -> str:
    """Return a shape as the page writes it."""
    return str(tuple(tensor.shape))


UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB", "EB")


def in_units(size: int) -> str:
    """Return a number of bytes as the page writes it, with three digits."""
    unit = 0
    while size >= 1000 ** (unit + 1):
        unit += 1
    return f"{float(f'{size / 1000**unit:.3g}'):g} {UNITS[unit]}"
