// What the player says, as HTML. The sentences come from Python.

import { fill } from "../tensors/words.js";
import { indexOf } from "./indices.js";
import { numberOf } from "./values.js";

/**
 * @typedef {import("./order.js").Cell} Cell
 * @typedef {import("./order.js").Unrolled} Unrolled
 * @typedef {Record<string, string>} Texts
 */

const LONG = 24; // letters of an index that a line of a phone holds

/** @type {Record<string, string>} */
export const ARROWS = { forward: "→", backward: "←" };

/** @param {string} text @param {string} [direction] */
const code = (text, direction = "") =>
  `<code class="${direction}${text.length > LONG ? "" : " whole"}">${text}</code>`;

/** @param {Texts} texts @param {Cell} cell */
const named = (texts, { layer, step, direction }) =>
  `<span class="${direction} whole">${fill(texts.cell, { layer, arrow: ARROWS[direction], step })}</span>`;

/**
 * What a cell reads, or where it goes, in few words.
 *
 * @param {Unrolled} unrolled
 * @param {Texts} texts
 * @param {import("./order.js").Link[]} links
 */
const listOf = (unrolled, texts, links) => {
  const cells = links.filter(({ tensor }) => !tensor).map(({ cell }) => cell);
  const parts = links
    .filter(({ tensor }) => tensor)
    .map(({ tensor, cell }) => code(indexOf(unrolled, tensor, cell), cell.direction));
  for (const cell of cells) {
    const pair = cells.filter(({ layer, step }) => layer === cell.layer && step === cell.step);
    if (pair.length === 1) parts.push(named(texts, cell));
    else if (pair[0] === cell) parts.push(fill(texts.both, { ...cell }));
  }
  return parts.join(texts.comma);
};

/**
 * What a cell is: its places in `output` and `h_n`, where the same numbers stand.
 *
 * @param {Unrolled} unrolled
 * @param {Texts} texts
 * @param {Cell} cell
 */
const selectedOf = (unrolled, texts, cell) => {
  const places = ["output", "h_n"].filter((tensor) => unrolled.holds(tensor, cell));
  const indices = places.map((tensor) => code(indexOf(unrolled, tensor, cell), cell.direction));
  const text = indices.length ? texts.returned : texts.inside;
  return fill(text, { indices: indices.join(" = "), cell: named(texts, cell) });
};

/**
 * The three pieces below the picture.
 *
 * @param {Unrolled} unrolled
 * @param {Texts} texts
 * @param {Cell} cell
 */
export const piecesOf = (unrolled, texts, cell) => {
  const pieces = [
    [texts.selected, selectedOf(unrolled, texts, cell)],
    [texts.reads, listOf(unrolled, texts, unrolled.reads(cell))],
    [texts.goes, listOf(unrolled, texts, unrolled.goes(cell))],
  ];
  return pieces.map(([name, text]) => `<p><span>${name}</span> ${text}</p>`).join("");
};

/**
 * Where a tick stands in its layer.
 *
 * @param {Unrolled} unrolled
 * @param {Texts} texts
 * @param {bigint} tick
 */
export const positionOf = ({ layer: { seq_len } }, texts, tick) => {
  const before = tick > 0n ? tick - 1n : 0n;
  const step = tick > 0n ? (before % seq_len) + 1n : 0n;
  return fill(texts.position, { step, steps: seq_len, layer: before / seq_len });
};

/**
 * What a screen reader says after a step: where it stands, and what has been computed.
 *
 * @param {import("./grid.js").Known} known
 * @param {Unrolled} unrolled
 * @param {import("./grid.js").State} state
 */
export const saidOf = ({ texts, computed }, unrolled, { tick, selected, numbers }) => {
  const cells = unrolled.cellsAt(tick, selected.sequence).map((cell) =>
    fill(texts.now, {
      direction: texts[cell.direction],
      step: cell.step,
      number: numberOf(computed, numbers, unrolled, cell) ?? texts.computed,
    }),
  );
  const position = positionOf(unrolled, texts, tick);
  return fill(texts.said, { position, cells: cells.join("; ") });
};
