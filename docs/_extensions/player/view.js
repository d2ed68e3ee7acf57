// The player as HTML: the same in a browser and while the site is built.

import { fill, together } from "../tensors/words.js";
import { fromAbove, gridOf, viewOf } from "./grid.js";
import { lookingAt } from "./looking.js";
import { Unrolled } from "./order.js";
import { areComputed } from "./values.js";
import { piecesOf, positionOf } from "./words.js";

/**
 * @typedef {import("./grid.js").Known} Known
 * @typedef {import("./grid.js").State} State
 */

/** The tensors whose cells a button lights. */
const LIGHTS = ["output", "h_n", "input", "h_0"];

/**
 * All is computed, and a cell is selected that both `output` and `h_n` hold.
 *
 * @param {Unrolled} unrolled
 * @param {number} columns
 * @returns {State}
 */
export const endOf = (unrolled, columns) => {
  const layer = unrolled.layer.num_layers - 1n;
  const [direction] = fromAbove(unrolled);
  const cell = { layer, direction, step: 0n, sequence: 0n };
  const selected = { ...cell, step: unrolled.stepAt("h_n", cell) };
  const tick = unrolled.ticks;
  return { tick, selected, looking: lookingAt(unrolled, tick), columns };
};

/**
 * @param {Known} known
 * @param {Unrolled} unrolled
 * @param {State} state
 */
export const notesOf = (known, unrolled, state) => {
  const { texts, computed } = known;
  const { steps, layers } = viewOf(unrolled, state);
  const { seq_len, num_layers, lengths } = unrolled.layer;
  const notes = [];
  if (steps.length < seq_len) notes.push(fill(texts.shown, { shown: steps.length, all: seq_len }));
  if (layers.length < num_layers)
    notes.push(fill(texts.shown_layers, { shown: layers.length, all: num_layers }));
  if (lengths) notes.push(texts.padded);
  notes.push(areComputed(computed, unrolled) ? texts.numbers : texts.places);
  return together(notes);
};

/** @param {Known} known */
const lightsOf = ({ texts }) => {
  const buttons = LIGHTS.map(
    (name) =>
      `<button type="button" data-light="${name}" aria-pressed="false"><code>${name}</code></button>`,
  );
  return `<div class="player-lights" role="group" aria-label="${texts.cells}"><span>${texts.cells}</span>${buttons.join("")}</div>`;
};

/**
 * @param {Known} known
 * @param {Unrolled} unrolled
 * @param {State} state
 */
const barOf = ({ texts }, unrolled, { tick }) => {
  /** @param {string} move @param {string} text @param {string} label */
  const button = (move, text, label) =>
    `<button type="button" data-move="${move}"${label && ` aria-label="${label}"`}>${text}</button>`;
  return `<div class="player-bar" role="group" aria-label="${texts.bar}">
${button("back", "◀\uFE0E", texts.back)}${button("play", `▶\uFE0E ${texts.play}`, "")}${button("on", "▶\uFE0E|", texts.on)}
<input type="range" min="0" max="${unrolled.ticks}" value="${tick}" aria-label="${texts.progress}"/>
<span class="player-position">${positionOf(unrolled, texts, tick)}</span></div>`;
};

/**
 * @param {Known} known
 * @param {Unrolled} unrolled
 * @param {State} state
 */
export const playerOf = (known, unrolled, state) =>
  `${lightsOf(known)}<div class="player-grid">${gridOf(known, unrolled, state)}</div>
${barOf(known, unrolled, state)}<div class="player-pieces">${piecesOf(unrolled, known.texts, state.selected)}</div>
<p class="player-note">${notesOf(known, unrolled, state)}</p><p class="player-said" role="status"></p>`;

export { Unrolled };
