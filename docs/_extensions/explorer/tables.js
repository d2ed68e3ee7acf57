// The tables of the explorer. Whatever a reader or an address gives is shown as text, never as markup.

import { tuple } from "../tensors/shapes.js";
import { fill } from "../tensors/words.js";
import { at, rowOf } from "./answer.js";

/**
 * An element with attributes and children.
 *
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @param {(string | Node)[]} children
 */
const make = (name, attributes, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};

/**
 * @param {string} text
 * @param {Record<string, string>} [attributes]
 */
const code = (text, attributes = {}) => make("code", attributes, text);

/**
 * A button that lights cells of the picture.
 *
 * @param {string} text
 * @param {string} tensor
 * @param {string} [row]
 */
const button = (text, tensor, row = "") =>
  make("button", { type: "button", "data-cells": tensor, "data-row": row }, code(text));

/**
 * A row of a table.
 *
 * @param {string | Node} head
 * @param {(string | Node)[]} cells
 */
const line = (head, ...cells) =>
  make("tr", {}, make("th", { scope: "row" }, head), ...cells.map((cell) => make("td", {}, cell)));

/**
 * Show the answer in all tables.
 *
 * @param {HTMLElement} root
 * @param {import("./answer.js").Rules} rules
 * @param {Record<string, any>} texts
 * @param {import("./answer.js").Answer} answer
 * @returns {{ rows: string, parameters: string }} what is left out of two tables
 */
export const showTables = (root, rules, texts, answer) => {
  const { tensors, shapes, parameters, sizes, directions, listed, num_layers, count } = answer;
  /**
   * @param {string} name
   * @param {Node[]} lines
   */
  const put = (name, lines) =>
    root.querySelector(`#explorer-${name} tbody`).replaceChildren(...lines);

  put(
    "tensors",
    Object.entries(tensors).map(([name, axes]) =>
      line(button(name, name), code(shapes[name], { "data-tensor": name }), code(tuple(axes))),
    ),
  );

  const shown = [...Object.values(tensors), ...parameters.map(({ axes }) => axes)];
  const used = new Set(shown.flat().flatMap((axis) => axis.split("*")));
  for (const row of /** @type {NodeListOf<HTMLTableRowElement>} */ (
    root.querySelectorAll("[data-symbol]")
  )) {
    const { symbol } = row.dataset;
    row.hidden = !used.has(symbol);
    row.cells[1].textContent = String(sizes[symbol] ?? "");
  }

  put(
    "rows",
    Array.from({ length: listed }, (_, layer) =>
      directions.map((direction, index) => {
        const row = String(rowOf(BigInt(layer), index, directions));
        const step = at(rules.cells.h_n.step[direction], answer.seq_len);
        const head = button(`h_n[${row}]`, "h_n", row);
        return line(head, String(layer), texts[direction], String(step));
      }),
    ).flat(),
  );

  put(
    "parameters",
    parameters.map(({ name, axes, shape, numbers }) =>
      line(code(name), code(shape, { "data-parameter": name }), code(tuple(axes)), String(numbers)),
    ),
  );
  const total = { count, bytes: count * BigInt(rules.bytes) };
  root.querySelector("#explorer-parameters caption").textContent = fill(texts.total, total);

  if (num_layers <= listed) return { rows: "", parameters: "" };
  const rows = { listed: rowOf(BigInt(listed), 0, directions), rows: num_layers * sizes.D };
  return {
    rows: fill(texts.more_rows, rows),
    parameters: fill(texts.more_parameters, { last: listed - 1 }),
  };
};
