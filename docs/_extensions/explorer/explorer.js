// The shape explorer. It holds no rule and no text: both come as JSON from rnn_guide, by way of
// docs/_extensions/explorer.py. Here products of symbols become numbers, and fields are filled in.
// Whatever a reader or an address gives is checked and then shown as text, never as markup.
"use strict";
{
  const root = document.querySelector(".explorer");
  const form = document.getElementById("shape-explorer");
  const rules = JSON.parse(document.getElementById("explorer-rules").textContent);
  const { texts } = rules;
  const LISTED = 64; // layers in the lists
  const STEPS = 8; // columns of the picture
  const LAYERS = 4;
  const find = (selector) => root.querySelector(selector);
  const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const tuple = (axes) => `(${axes.join(", ")}${axes.length === 1 ? "," : ""})`;

  // An element with attributes and children; text stays text.
  const make = (name, attributes = {}, ...children) => {
    const svg = ["svg", "rect", "text"].includes(name);
    const element = svg
      ? document.createElementNS("http://www.w3.org/2000/svg", name)
      : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };

  // ---- What stands in a field

  // A float as Python writes it.
  const float = (number) => {
    if (!Number.isFinite(number)) return number < 0 ? "-inf" : "inf";
    const exponent = Number(number.toExponential().split("e")[1]);
    if (exponent < -4 || exponent > 15) return number.toExponential().replace(/([+-])(\d)$/, "$10$2");
    return Number.isInteger(number) ? number.toFixed(1) : String(number);
  };

  // A text as Python writes it.
  const quote = (text) => {
    const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
    return mark + text.replaceAll("\\", "\\\\").replaceAll(mark, `\\${mark}`) + mark;
  };

  // The Python value that a text stands for: its type, how Python writes it, and the number.
  const parse = (text) => {
    text = text.trim();
    if (!text) return { type: "NoneType", value: "None" };
    if (/^[+-]?\d+$/.test(text)) {
      const number = BigInt(text); // exact, whatever its size
      return { type: "int", value: String(number), number };
    }
    if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) {
      return { type: "float", value: float(Number(text)), number: Number(text) };
    }
    return { type: "str", value: quote(text) };
  };

  class Refusal extends Error {}
  const refuse = (message, values) => {
    throw new Refusal(fill(rules.messages[message], values));
  };

  const size = (name, text) => {
    const { type, value, number } = parse(text);
    const minimum = rules.minima[name] ?? 1;
    const say = (cause) => refuse("size", { name, minimum, value, cause });
    if (type !== "int") say(fill(rules.causes.type[type], { convert: "int" }));
    const causes = rules.causes.number;
    if (number < minimum) say(number < 0 ? causes.negative : causes[name] ?? causes.other);
    return number;
  };

  const probability = (name, text) => {
    const { type, value, number } = parse(text);
    const say = (cause) => refuse("probability", { name, value, cause });
    if (number === undefined) say(fill(rules.causes.type[type], { convert: "float" }));
    const causes = rules.causes.probability;
    if (!(number >= 0 && number <= 1)) say(number < 0 ? causes.negative : causes.other);
    return Number(number);
  };

  const lengths = (name, text) =>
    text
      .replace(/,\s*$/, "") // Python allows a last comma too
      .split(",")
      .map((part, index) => size(`${name}[${index}]`, part));

  const CHECKS = { lengths, dropout: probability };
  const fields = [...form.elements].filter((field) => field.name);
  const field = (name) => form.elements[name];

  // Read all fields. A refused value is explained beside its field.
  const read = () => {
    const state = {};
    const errors = {};
    const take = (name, check) => {
      try {
        state[name] = check();
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        errors[name] = error.message;
      }
    };
    for (const { name, type, value, checked } of fields) {
      if (type === "checkbox") state[name] = checked;
      else if (type === "text") take(name, () => (CHECKS[name] ?? size)(name, value));
      else state[name] = value;
    }
    for (const [name, [other, wanted]] of Object.entries(rules.applies)) {
      const value = state[other];
      if (value === undefined) continue; // refused: leave the field as it is
      field(name).disabled = !(Array.isArray(wanted) ? wanted.includes(value) : value >= wanted);
    }
    for (const { name, disabled } of fields) {
      if (!disabled) continue;
      delete errors[name];
      state[name] = rules.defaults[name];
    }
    if (!field("lengths").disabled && state.lengths) {
      // A packed batch has the sizes of its sequences.
      state.seq_len = state.lengths.reduce((a, b) => (a > b ? a : b));
      state.batch_size = BigInt(state.lengths.length);
    }
    const { proj_size, hidden_size } = state;
    if (proj_size >= hidden_size) {
      take("proj_size", () => refuse("projection", { proj_size, hidden_size }));
    }
    for (const { name, type } of fields) {
      if (type !== "text") continue;
      field(name).setAttribute("aria-invalid", name in errors);
      document.getElementById(`explorer-${name}-error`).textContent = errors[name] ?? "";
    }
    return { state, errors: Object.values(errors) };
  };

  // ---- The answer

  const python = (value) => {
    if (typeof value === "boolean") return value ? "True" : "False";
    return typeof value === "number" ? float(value) : String(value);
  };

  const call = (state) => {
    const options = Object.entries(rules.defaults)
      .filter(([name, value]) => state[name] != value)
      .map(([name]) => `${name}=${python(state[name])}`);
    const given = [state.input_size, state.hidden_size, ...options];
    return fill(rules.layer, { kind: state.kind, arguments: given.join(", ") });
  };

  const answer = (state) => {
    const projected = Boolean(state.proj_size);
    const directions = rules.directions[Number(state.bidirectional)];
    const sizes = { D: BigInt(directions.length) };
    for (const [symbol, name] of Object.entries(rules.symbols)) sizes[symbol] = state[name];
    sizes.H_out = sizes[rules.projected[Number(projected)]];
    if (state.lengths) sizes["sum(lengths)"] = state.lengths.reduce((a, b) => a + b);
    const product = (axis) =>
      axis.split("*").reduce((total, factor) => total * (sizes[factor] ?? BigInt(factor)), 1n);
    const evaluate = (axes) => axes.map(product);
    const numbers = (axes) => evaluate(axes).reduce((a, b) => a * b, 1n);

    const { kind, layout, num_layers } = state;
    const tensors = Object.entries(rules.shapes[[kind, layout, Boolean(state.batch_first)]]);
    const groups = rules.parameters[[kind, state.bias, state.bidirectional, projected]];
    const listed = Number(num_layers < LISTED ? num_layers : LISTED);
    const parameters = [];
    for (let layer = 0; layer < listed; layer++) {
      for (const [name, axes] of Object.entries(groups[layer && 1])) {
        parameters.push([fill(name, { layer }), axes, tuple(evaluate(axes)), numbers(axes)]);
      }
    }
    const [first, above] = groups.map((group) =>
      Object.values(group).reduce((total, axes) => total + numbers(axes), 0n),
    );
    const shapes = Object.fromEntries(tensors.map(([name, axes]) => [name, tuple(evaluate(axes))]));
    const layer = call(state);
    const values = { layer, ...shapes, input_size: state.input_size, lengths: state.lengths?.join(", ") };
    return {
      ...state,
      layer,
      sizes,
      directions,
      tensors,
      shapes,
      parameters,
      listed,
      count: first + (num_layers - 1n) * above,
      code: rules.lines[[kind, layout, state.bidirectional]].map((line) => fill(line, values)).join("\n"),
    };
  };

  // ---- The page

  const rows = (name, lines) => find(`#explorer-${name} tbody`).replaceChildren(...lines);
  const line = (head, ...cells) =>
    make("tr", {}, make("th", { scope: "row" }, head), ...cells.map((cell) => make("td", {}, cell)));
  const code = (text, attributes) => make("code", attributes, text);
  const shape = (axes) => code(tuple(axes));
  const button = (text, tensor, row = "") =>
    make("button", { type: "button", "data-cells": tensor, "data-row": row }, code(text));
  const note = (element, ...parts) => {
    element.textContent = parts.filter(Boolean).join(" ");
  };

  const show = (result) => {
    const { tensors, shapes, parameters, sizes, directions, listed, num_layers, count, seq_len } = result;
    find("[data-layer]").textContent = result.layer;
    rows("tensors", tensors.map(([name, axes]) =>
      line(button(name, name), code(shapes[name], { "data-tensor": name }), shape(axes)),
    ));
    const used = new Set(
      [...tensors, ...parameters].flatMap(([, axes]) => axes.flatMap((axis) => axis.split("*"))),
    );
    for (const row of root.querySelectorAll("[data-symbol]")) {
      row.hidden = !used.has(row.dataset.symbol);
      row.cells[1].textContent = sizes[row.dataset.symbol] ?? "";
    }
    rows("parameters", parameters.map(([name, axes, text, numbers]) =>
      line(code(name), code(text, { "data-parameter": name }), shape(axes), String(numbers)),
    ));
    rows("rows", Array.from({ length: listed }, (_, layer) => layer).flatMap((layer) =>
      directions.map((direction, index) => {
        const row = layer * directions.length + index;
        const step = at(rules.cells.h_n.step[direction], seq_len);
        const cells = [String(layer), texts[direction], String(step)];
        return line(button(`h_n[${row}]`, "h_n", row), ...cells);
      }),
    ));
    const [cut, rowsCut, parametersCut] = root.querySelectorAll(".note");
    const all = num_layers * sizes.D;
    const more = num_layers > listed;
    note(rowsCut, more && fill(texts.more_rows, { listed: BigInt(listed) * sizes.D, rows: all }));
    note(parametersCut, more && fill(texts.more_parameters, { last: listed - 1 }));
    const bytes = count * BigInt(rules.bytes);
    find("#explorer-parameters caption").textContent = fill(texts.total, { count, bytes });
    find("[data-code]").textContent = result.code;
    note(cut, draw(result), result.lengths && texts.packed);
    light();
  };

  // ---- The picture

  const at = (index, length) => (index < 0 ? length : 0n) + BigInt(index);

  // The positions that are drawn: all, or the first and last ones around a gap.
  const drawn = (length, most) => {
    const take = (count, start) => Array.from({ length: count }, (_, i) => start + BigInt(i));
    if (length <= most) return take(Number(length), 0n);
    return [...take(most / 2, 0n), ...take(most / 2, length - BigInt(most / 2))];
  };

  const draw = ({ seq_len, num_layers, directions, sizes, bidirectional }) => {
    const steps = drawn(seq_len, STEPS);
    const layers = drawn(num_layers, LAYERS).reverse();
    const stepGap = seq_len > STEPS;
    const layerGap = num_layers > LAYERS;
    const left = 86;
    const x = (column) => left + column * 34 + (stepGap && column >= STEPS / 2 ? 18 : 0);
    const high = directions.length * 26 + 8;
    const y = (row) => 8 + row * high + (layerGap && row >= LAYERS / 2 ? 14 : 0);
    const svg = find("svg");
    const parts = [];
    const text = (x, y, content, anchor = "middle") =>
      parts.push(make("text", { x, y, "text-anchor": anchor }, content));
    // a number that is too long for a cell is counted from the end, as in Python
    const short = (number, total) => (String(number).length > 3 ? number - total : number);
    layers.forEach((layer, row) => {
      const name = fill(texts.layer, { layer: short(layer, num_layers) });
      directions.forEach((direction, index) => {
        const top = y(row) + index * 26;
        text(left - 8, top + 16, `${name} ${index ? "←" : "→"}`, "end");
        steps.forEach((step, column) => {
          const last = step === at(rules.cells.h_n.step[direction], seq_len);
          const number = layer * sizes.D + BigInt(index);
          const place = { x: x(column), y: top, width: 30, height: 22, rx: 3 };
          const cell = { class: `${direction}${last ? " full" : ""}`, "data-row": number };
          for (const [tensor, where] of Object.entries(rules.cells)) {
            const held = (name, position, length) =>
              !where[name] || at(where[name][direction], length) === position;
            if (held("layer", layer, num_layers) && held("step", step, seq_len)) cell[`data-${tensor}`] = "";
          }
          parts.push(make("rect", { ...place, ...cell }));
          if (last) text(x(column) + 15, top + 15, `[${short(number, num_layers * sizes.D)}]`);
        });
      });
      if (layerGap && row === LAYERS / 2) text(left + 8, y(row) - 7, "⋮");
    });
    const bottom = y(layers.length) + 10;
    text(left - 8, bottom, texts.step, "end");
    steps.forEach((step, column) => text(x(column) + 15, bottom, String(short(step, seq_len))));
    if (stepGap) text(x(STEPS / 2) - 11, bottom, "…");
    const width = x(steps.length);
    svg.setAttribute("viewBox", `0 0 ${width} ${bottom + 8}`);
    svg.style.maxWidth = `${Math.round(width * 1.25)}px`;
    const sentence = { seq_len, num_layers, directions: directions.length };
    svg.setAttribute("aria-label", fill(texts.picture, sentence));
    svg.replaceChildren(...parts);
    const shown = { steps: steps.length, seq_len, layers: layers.length, num_layers };
    return (stepGap || layerGap) && fill(texts.drawn, shown);
  };

  // Light the cells of a tensor, or of one row of h_n.
  const light = (target) => {
    const { cells, row } = target?.dataset ?? {};
    for (const rect of root.querySelectorAll("rect")) {
      const lit = cells && rect.hasAttribute(`data-${cells}`) && (!row || rect.dataset.row === row);
      rect.classList.toggle("lit", Boolean(lit));
    }
    for (const other of root.querySelectorAll("[data-cells]")) {
      other.classList.toggle("lit", other === target);
    }
    let text = texts[cells] ?? texts.hint;
    if (row) {
      const [layer, direction, step] = [...target.closest("tr").cells].slice(1).map((cell) => cell.textContent);
      text = fill(texts.row, { row, layer, direction, step });
    }
    find(".cells").textContent = text;
  };
  const lightTarget = ({ target }) => {
    const tensor = target.closest("[data-cells]") ?? target.closest("tr")?.querySelector("[data-cells]");
    if (tensor) light(tensor);
  };
  for (const event of ["focusin", "mouseover", "click"]) root.addEventListener(event, lightTarget);

  // ---- State: the fields, the address, and what is announced

  const DEFAULTS = fields.map((field) => [field.name, field.type === "checkbox" ? python(field.checked) : field.value]);

  // Set the fields from an address or a preset. What a field cannot hold is passed over.
  const apply = (text) => {
    const given = new URLSearchParams(text);
    if (!fields.some(({ name }) => given.has(name))) return false;
    for (const [name, usual] of DEFAULTS) {
      const value = given.get(name) ?? usual;
      const target = field(name);
      if (target.type === "checkbox") target.checked = value === "True";
      else if (target.type === "text") target.value = value.slice(0, target.maxLength);
      else if ([...target.options].some((option) => option.value === value)) target.value = value;
    }
    return true;
  };

  // The address of the fields that apply.
  const address = () => {
    const state = fields.filter(({ disabled }) => !disabled).map(({ name, type, checked, value }) => [
      name,
      type === "checkbox" ? python(checked) : value.trim(),
    ]);
    return `#${new URLSearchParams(state)}`;
  };

  let link = location.hash;
  const remember = () => {
    try {
      if (link !== location.hash) history.replaceState(null, "", link);
    } catch {} // a browser refuses many changes in a short time; the next one will do
  };

  let soon;
  let later;
  const update = (byReader = true) => {
    const { state, errors } = read();
    const stale = find(".stale");
    stale.hidden = !errors.length;
    stale.textContent = errors.length ? texts.stale : "";
    let said = errors.join(" ");
    if (!errors.length) {
      const result = answer(state);
      show(result);
      said = fill(texts.said, { ...result, ...result.shapes });
      if (byReader) link = address();
    }
    if (!byReader) return;
    clearTimeout(soon);
    soon = setTimeout(remember);
    // announced once the hands rest, not at each key
    clearTimeout(later);
    later = setTimeout(() => {
      remember();
      find("[role=status]").textContent = said;
    }, 800);
  };

  form.addEventListener("input", () => update());
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("click", ({ target }) => {
    if (target.dataset.preset && apply(target.dataset.preset)) update();
  });
  // Arrow keys count up and down, as in a field for numbers.
  form.addEventListener("keydown", (event) => {
    const step = { ArrowUp: 1n, ArrowDown: -1n }[event.key];
    const { target } = event;
    if (!step || target.inputMode !== "numeric" || !/^\s*\d+\s*$/.test(target.value)) return;
    event.preventDefault();
    const next = BigInt(target.value) + step;
    if (next < (rules.minima[target.name] ?? 1)) return;
    target.value = next;
    update();
  });
  addEventListener("hashchange", () => apply(location.hash.slice(1)) && update());

  root.hidden = false;
  for (const fallback of document.querySelectorAll(".explorer-static")) fallback.hidden = true;
  update(false); // a good answer first, whatever the address holds
  if (apply(location.hash.slice(1))) update();
}
