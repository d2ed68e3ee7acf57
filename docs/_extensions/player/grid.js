// The picture: one table cell for each cell of the unrolled layer that is in view.

import { longest } from "../tensors/shapes.js";
import { fill } from "../tensors/words.js";
import { numberOf } from "./values.js";
import { layersAround, stepsAround } from "./window.js";
import { ARROWS } from "./words.js";

/**
 * @typedef {import("./order.js").Cell} Cell
 * @typedef {import("./order.js").Unrolled} Unrolled
 *
 * @typedef {object} Known - what Python has written
 * @property {import("./order.js").Rules} rules
 * @property {Record<string, string>} texts
 * @property {import("./values.js").Computed} computed
 * @property {string} address - of the numbers
 *
 * @typedef {object} State
 * @property {bigint} tick - the last one that has passed
 * @property {Cell} selected
 * @property {{ tensor: string, row?: bigint }} [lit]
 * @property {{ steps: bigint[], layer: bigint }} looking - what is in view
 * @property {number} columns - that have room
 * @property {boolean} [playing]
 * @property {boolean} [still] - whether a reader wants no movement
 * @property {boolean} [live] - whether a script answers
 * @property {import("./values.js").Numbers} [numbers]
 */

const MOST_ROWS = 12;
const MOST_LAYERS = 4;
const LONG = 4; // digits of a number that is written from the end, as Python counts too

/** @param {Cell} cell */
export const keyOf = ({ layer, direction, step, sequence }) =>
  `${[layer, direction, step, sequence]}`;

/** @param {string} key @returns {Cell} */
export const cellFrom = (key) => {
  const [layer, direction, step, sequence] = key.split(",");
  return {
    layer: BigInt(layer),
    direction: /** @type {import("./order.js").Direction} */ (direction),
    step: BigInt(step),
    sequence: BigInt(sequence),
  };
};

/**
 * The sequences in view: those of a packed batch if they have room, or the one that is selected.
 *
 * @param {Unrolled} unrolled
 * @param {bigint} chosen
 */
export const sequencesOf = ({ layer, directions }, chosen) => {
  if (!layer.lengths) return [0n];
  const layers = layer.num_layers > 1n ? 2 : 1;
  if (layer.lengths.length * directions.length * layers > MOST_ROWS) return [chosen];
  return layer.lengths.map((_, index) => BigInt(index));
};

/**
 * The directions of a layer, from above to below.
 *
 * @param {Unrolled} unrolled
 */
export const fromAbove = ({ directions }) => [...directions].reverse();

/** @param {bigint} a @param {bigint} b */
const smaller = (a, b) => (a < b ? a : b);

/**
 * What is in view: steps that a sequence has which is in view too.
 *
 * @param {Unrolled} unrolled
 * @param {State} state
 */
export const viewOf = (unrolled, { looking, columns, selected }) => {
  const sequences = sequencesOf(unrolled, selected.sequence);
  const { num_layers } = unrolled.layer;
  const lengths = sequences.map((sequence) => unrolled.lengthOf({ sequence }));
  const length = longest(lengths);
  const around = looking.steps.map((step) => smaller(step, length - 1n));
  const rows = sequences.length * unrolled.directions.length;
  const most = Math.max(1, Math.min(MOST_LAYERS, Math.floor(MOST_ROWS / rows)));
  return {
    sequences,
    steps: stepsAround(length, columns, around),
    layers: layersAround(num_layers, most, looking.layer),
  };
};

/** @param {bigint} number @param {bigint} total */
const short = (number, total) => (String(number).length >= LONG ? number - total : number);

/**
 * @param {Known} known
 * @param {Unrolled} unrolled
 * @param {State} state
 * @param {Cell} cell
 */
const cellOf = (known, unrolled, state, cell) => {
  if (!unrolled.exists(cell)) return '<td class="none"></td>';
  const key = keyOf(cell);
  const { selected, lit, tick } = state;
  const own = unrolled.tickOf(cell);
  const row = unrolled.rowOf(cell);
  const isSelected = state.live && key === keyOf(selected);
  const links = state.live ? [unrolled.reads(selected), unrolled.goes(selected)] : [[], []];
  const [read, next] = links.map((some) =>
    some.some((link) => !link.tensor && keyOf(link.cell) === key),
  );
  const marks = {
    done: own <= tick,
    now: own === tick && state.playing,
    lands: unrolled.holds("h_n", cell),
    selected: isSelected,
    read,
    next,
    lit: lit && unrolled.holds(lit.tensor, cell) && (lit.row ?? row) === row,
  };
  const names = Object.entries(marks).filter(([, on]) => on);
  const classes = [cell.direction, ...names.map(([name]) => name)].join(" ");
  const number = numberOf(known.computed, state.numbers, unrolled, cell);
  const done = number ?? `<span role="img" aria-label="${known.texts.computed}">✓</span>`;
  const total = unrolled.layer.num_layers * BigInt(unrolled.directions.length);
  const text = [
    marks.done ? `<span>${done}</span>` : "",
    marks.lands ? `<code>h_n[${short(row, total)}]</code>` : "",
  ].join(" ");
  const tab = `tabindex="${isSelected ? 0 : -1}"`;
  const live = `role="gridcell" data-cell="${key}" aria-selected="${isSelected}" ${tab}`;
  return `<td class="${classes}" ${state.live ? live : `data-at="${key}"`}>${text}</td>`;
};

/**
 * @param {Known} known
 * @param {Unrolled} unrolled
 * @param {State} state
 */
export const gridOf = (known, unrolled, state) => {
  const { texts } = known;
  const { sequences, steps, layers } = viewOf(unrolled, state);
  const { num_layers, seq_len, lengths } = unrolled.layer;
  /** @param {string} name */
  const role = (name) => (state.live ? `role="${name}"` : "");

  /**
   * A column for each step, and a narrow one where some are left out.
   *
   * @param {string} gap
   * @param {(step: bigint) => string} write
   */
  const columns = (gap, write) =>
    steps
      .map((step, place) => (place && step - steps[place - 1] > 1n ? gap : "") + write(step))
      .join("");
  const gap = '<td class="gap" aria-hidden="true"></td>';
  const dots = '<td class="gap" aria-hidden="true">…</td>';

  const head = columns(
    dots,
    (step) => `<th scope="col" ${role("columnheader")}>${short(step, seq_len)}</th>`,
  );
  const bodies = layers.map((layer) => {
    const rows = fromAbove(unrolled).flatMap((direction) =>
      sequences.map((sequence) => {
        const name = fill(texts.layer, { layer: short(layer, num_layers) });
        const of = lengths ? `<small>${fill(texts.sequence, { sequence })}</small>` : "";
        const title = `${name} <span title="${texts[direction]}">${ARROWS[direction]}</span>${of}`;
        const cells = columns(gap, (step) =>
          cellOf(known, unrolled, state, { layer, direction, step, sequence }),
        );
        const first = `<th scope="row" class="${direction}" ${role("rowheader")}>${title}</th>`;
        return `<tr ${role("row")}>${first}${cells}</tr>`;
      }),
    );
    const top = unrolled.holds("output", { layer, direction: "forward", step: 0n, sequence: 0n });
    const width = columns(" ", () => " ").length;
    const name = `<tr class="name" aria-hidden="true"><td></td><td colspan="${width}"><code>output</code></td></tr>`;
    return `<tbody ${role("rowgroup")}>${top ? name : ""}${rows.join("")}</tbody>`;
  });
  const foot = `<tr ${role("row")}><th ${role("columnheader")} scope="col">${texts.step}</th>${head}</tr>`;
  const label = `${role("grid")} aria-label="${texts.grid}"`;
  return `<table ${label}><thead ${role("rowgroup")}>${foot}</thead>${bodies.join("")}</table>`;
};
