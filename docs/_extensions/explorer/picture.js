// The picture of the explorer: the layer unrolled, and the cells that a tensor holds.

import { fill } from "../tensors/words.js";
import { at, rowOf } from "./answer.js";

const MAX_STEPS = 8; // columns
const MAX_LAYERS = 4;
const LEFT = 86; // of the first column
const CELL = { width: 30, height: 22, rx: 3 };
const ARROWS = { forward: "→", backward: "←" };

/**
 * @param {string} name
 * @param {Record<string, unknown>} attributes
 * @param {string} [text]
 */
const make = (name, attributes, text = "") => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.textContent = text;
  return element;
};

/**
 * @param {number} x
 * @param {number} y
 * @param {unknown} text
 * @param {"middle" | "end"} [anchor]
 */
const label = (x, y, text, anchor = "middle") =>
  make("text", { x, y, "text-anchor": anchor }, String(text));

/**
 * The positions that are drawn: all, or the first and last ones around a gap.
 *
 * @param {bigint} length
 * @param {number} most
 */
const drawn = (length, most) => {
  /**
   * @param {number} count
   * @param {bigint} start
   */
  const take = (count, start) => Array.from({ length: count }, (_, i) => start + BigInt(i));
  if (length <= most) return take(Number(length), 0n);
  return [...take(most / 2, 0n), ...take(most / 2, length - BigInt(most / 2))];
};

/**
 * A number that is too long for a cell is counted from the end, as in Python.
 *
 * @param {bigint} number
 * @param {bigint} total
 */
const short = (number, total) => (String(number).length > 3 ? number - total : number);

/**
 * The tensors that hold a cell or are read by it.
 *
 * @param {import("./answer.js").Rules} rules
 * @param {import("./answer.js").Answer} answer
 * @param {{ layer: bigint, step: bigint, direction: import("./answer.js").Direction }} cell
 */
const tensorsOf = (rules, { num_layers, seq_len }, { layer, step, direction }) =>
  Object.entries(rules.cells)
    .filter(
      ([, where]) =>
        (!where.layer || at(where.layer[direction], num_layers) === layer) &&
        (!where.step || at(where.step[direction], seq_len) === step),
    )
    .map(([tensor]) => tensor);

/**
 * Draw the layer of an answer.
 *
 * @param {SVGSVGElement} svg
 * @param {import("./answer.js").Rules} rules
 * @param {Record<string, any>} texts
 * @param {import("./answer.js").Answer} answer
 * @returns {string} what is left out
 */
export const draw = (svg, rules, texts, answer) => {
  const { seq_len, num_layers, directions } = answer;
  const steps = drawn(seq_len, MAX_STEPS);
  const layers = drawn(num_layers, MAX_LAYERS).reverse();
  const stepGap = seq_len > MAX_STEPS;
  const layerGap = num_layers > MAX_LAYERS;
  const rows = num_layers * BigInt(directions.length);
  /** @param {number} column */
  const x = (column) => LEFT + column * 34 + (stepGap && column >= MAX_STEPS / 2 ? 18 : 0);
  /** @param {number} place - 0 is the highest layer */
  const y = (place) =>
    8 + place * (directions.length * 26 + 8) + (layerGap && place >= MAX_LAYERS / 2 ? 14 : 0);

  /** @type {Element[]} */
  const parts = [];
  for (const [place, layer] of layers.entries()) {
    const name = fill(texts.layer, { layer: short(layer, num_layers) });
    for (const [index, direction] of directions.entries()) {
      const top = y(place) + index * 26;
      const row = rowOf(layer, index, directions);
      parts.push(label(LEFT - 8, top + 16, `${name} ${ARROWS[direction]}`, "end"));
      for (const [column, step] of steps.entries()) {
        const tensors = tensorsOf(rules, answer, { layer, step, direction });
        const full = tensors.includes("h_n");
        const marks = Object.fromEntries(tensors.map((tensor) => [`data-${tensor}`, ""]));
        const look = { class: full ? `${direction} full` : direction, "data-row": row };
        parts.push(make("rect", { x: x(column), y: top, ...CELL, ...look, ...marks }));
        if (full) parts.push(label(x(column) + 15, top + 15, `[${short(row, rows)}]`));
      }
    }
  }
  if (layerGap) parts.push(label(LEFT + 8, y(MAX_LAYERS / 2) - 7, "⋮"));
  const bottom = y(layers.length) + 10;
  parts.push(label(LEFT - 8, bottom, texts.step, "end"));
  for (const [column, step] of steps.entries()) {
    parts.push(label(x(column) + 15, bottom, short(step, seq_len)));
  }
  if (stepGap) parts.push(label(x(MAX_STEPS / 2) - 11, bottom, "…"));

  const width = x(steps.length);
  svg.setAttribute("viewBox", `0 0 ${width} ${bottom + 8}`);
  svg.style.maxWidth = `${Math.round(width * 1.25)}px`;
  const sizes = { seq_len, num_layers, directions: directions.length };
  svg.setAttribute("aria-label", fill(texts.picture, sizes));
  svg.querySelector("g").replaceChildren(...parts);
  const counts = { steps: steps.length, layers: layers.length, seq_len, num_layers };
  return stepGap || layerGap ? fill(texts.drawn, counts) : "";
};

/**
 * Light the cells of a tensor, or of one row of h_n, and say what they are.
 *
 * @param {HTMLElement} root
 * @param {Record<string, any>} texts
 * @param {HTMLElement} [target] - the button; without one no cell is lit
 */
export const light = (root, texts, target) => {
  const { cells, row } = target?.dataset ?? {};
  for (const rect of root.querySelectorAll("rect")) {
    const held = cells !== undefined && rect.hasAttribute(`data-${cells}`);
    rect.classList.toggle("lit", held && (!row || rect.dataset.row === row));
  }
  for (const button of root.querySelectorAll("[data-cells]")) {
    button.classList.toggle("lit", button === target);
  }
  let text = texts.cells[cells] ?? texts.hint;
  if (row) {
    const line = [...target.closest("tr").cells].map((cell) => cell.textContent);
    text = fill(texts.row, { row, layer: line[1], direction: line[2], step: line[3] });
  }
  root.querySelector(".cells").textContent = text;
};
