// The tables of the explorer.

import { roleOf, tuple } from "../tensors/shapes.js";
import { fill } from "../tensors/words.js";
import { code, line, make } from "./dom.js";
import { grouped } from "./numbers.js";
import { partsOf } from "./parts.js";

/**
 * A button that lights what belongs to it.
 *
 * @param {string} text
 * @param {Record<string, unknown>} marks
 */
const button = (text, marks) => make("button", { type: "button", ...marks }, code(text));

/**
 * A shape whose numbers have the colours of their axes.
 *
 * @param {string[]} axes - symbols
 * @param {string} shape
 * @param {import("./answer.js").Rules["roles"]} roles
 * @param {Record<string, unknown>} [attributes]
 */
const shapeOf = (axes, shape, roles, attributes = {}) => {
  const parts = shape.split(/(\d+)/);
  let place = 0;
  const children = parts.map((part) => {
    if (!/\d/.test(part)) return part;
    const role = roleOf(axes[place++], roles);
    return make("span", { class: role, "data-axis": role }, part);
  });
  return make("code", { class: "tuple", ...attributes }, ...children);
};

/**
 * Put rows into a table; each last cell says the name of its column.
 *
 * @param {HTMLElement} root
 * @param {string} name
 * @param {Element[]} lines
 */
const put = (root, name, lines) => {
  const table = root.querySelector(`#explorer-${name}`);
  const column = table.querySelector("th:last-child").textContent;
  for (const line of lines) line.lastElementChild.setAttribute("data-name", column);
  table.querySelector("tbody").replaceChildren(...lines);
};

/**
 * A link to the page that treats what a row shows.
 *
 * @param {Record<string, any>} texts
 * @param {string} name
 */
const way = ({ ways }, name) => {
  const [href, text] = ways[name];
  return make("a", { class: "way", href }, text);
};

/**
 * What a part is called, and what lights up with it.
 *
 * @param {import("./parts.js").Part} part
 * @param {Record<string, any>} texts
 */
const headOf = ({ name, tensor, row, layer, direction, step, alone }, texts) => {
  const values = { layer, direction: texts[direction], step };
  const said = make("small", {}, fill(texts.parts[name], values));
  const half = name === "forward" || name === "backward" ? name : undefined;
  const marks = { "data-cells": tensor, "data-row": row, "data-part": direction ?? half };
  const shown = row === undefined ? tensor : alone;
  const ways = row ? [] : [way(texts, row === undefined ? name : tensor)]; // row 0 speaks for all
  return make("div", {}, button(shown, marks), said, ...ways);
};

/**
 * The expressions of a part, each with its button.
 *
 * @param {import("./parts.js").Part} part
 * @param {Record<string, any>} texts
 */
const expressionsOf = (part, texts) => {
  const rows = /** @type {const} */ (["alone", "package"]).map((way) => {
    const expression = part[way];
    const label = fill(texts.copy_this, { code: expression });
    const copy = make(
      "button",
      { type: "button", class: "copy", "data-expression": expression, "aria-label": label },
      texts.copy,
    );
    const marks = { class: part.direction ?? part.name, "data-way": way, title: texts[way] };
    return make("div", {}, code(expression, marks), copy);
  });
  return make("div", { class: "expressions" }, ...rows);
};

/**
 * Show the answer in all tables.
 *
 * @param {HTMLElement} root
 * @param {import("./answer.js").Rules} rules
 * @param {Record<string, any>} texts
 * @param {import("./answer.js").Answer} answer
 * @param {string} language
 * @returns {{ rows: string, parameters: string }} what is left out of two tables
 */
export const showTables = (root, rules, texts, answer, language) => {
  const { tensors, shapes, parameters, sizes, listed, num_layers } = answer;
  const { roles } = rules;

  const tensorLines = Object.entries(tensors).map(([name, axes]) =>
    line(make("div", {}, button(name, { "data-cells": name }), way(texts, name)), [
      shapeOf(axes, shapes[name], roles, { "data-tensor": name }),
      code(tuple(axes)),
    ]),
  );
  put(root, "tensors", tensorLines);

  const shown = [...Object.values(tensors), ...parameters.map(({ axes }) => axes)];
  const used = new Set(shown.flat().flatMap((axis) => axis.split("*")));
  for (const row of /** @type {NodeListOf<HTMLTableRowElement>} */ (
    root.querySelectorAll("[data-symbol]")
  )) {
    const { symbol } = row.dataset;
    row.hidden = !used.has(symbol);
    row.cells[1].textContent = String(sizes[symbol] ?? "");
  }

  const { parts, listed: rows } = partsOf(rules, answer);
  const partLines = parts.map((part) => {
    const { name, tensor, row, layer, direction, step, shape, axes } = part;
    const marks = { "data-name": name, "data-of": tensor, "data-layer": layer };
    const cells = [shapeOf(axes, shape, roles), expressionsOf(part, texts)];
    const state = row === undefined ? {} : { "data-direction": direction, "data-step": step };
    return line(headOf(part, texts), cells, { ...marks, ...state });
  });
  put(root, "parts", partLines);

  const parameterLines = parameters.map(({ name, axes, shape, numbers }) =>
    line(code(name), [
      code(shape, { "data-parameter": name }),
      code(tuple(axes)),
      grouped(numbers, language),
    ]),
  );
  put(root, "parameters", parameterLines);

  const all = num_layers * sizes.D;
  return {
    rows: rows < all ? fill(texts.more_rows, { listed: rows, rows: all }) : "",
    parameters: num_layers > listed ? fill(texts.more_parameters, { last: listed - 1 }) : "",
  };
};
