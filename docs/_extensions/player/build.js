// What the build of the site calls, and its tests; sizes come as JSON.

import { cellFrom, gridOf, keyOf } from "./grid.js";
import { indexOf } from "./indices.js";
import { Unrolled } from "./order.js";
import { endOf, playerOf } from "./view.js";
import { stepsAround } from "./window.js";
import { piecesOf } from "./words.js";

/**
 * The player, or the picture alone, when all is computed.
 *
 * @param {import("./view.js").Known} known
 * @param {Record<string, any>} given
 * @param {number} columns
 * @param {boolean} [alone]
 */
const drawn = (known, given, columns, alone = false) => {
  const unrolled = new Unrolled(known.rules, given);
  const state = { ...endOf(unrolled, columns), numbers: given.numbers };
  return (alone ? gridOf : playerOf)(known, unrolled, state);
};

/** @param {Unrolled} unrolled @param {import("./order.js").Link[]} links */
const plain = (unrolled, links) =>
  links.map(({ tensor, cell }) => (tensor ? indexOf(unrolled, tensor, cell) : keyOf(cell)));

/**
 * Every cell of a layer: when it is computed, where it stands, what it reads and where it goes.
 *
 * @param {import("./order.js").Rules} rules
 * @param {Record<string, unknown>} given
 */
const cells = (rules, given) => {
  const unrolled = new Unrolled(rules, given);
  const { num_layers, seq_len, lengths } = unrolled.layer;
  /** @type {Record<string, unknown>} */
  const found = {};
  for (let layer = 0n; layer < num_layers; layer++)
    for (const direction of unrolled.directions)
      for (let step = 0n; step < seq_len; step++)
        for (let sequence = 0n; sequence < (lengths?.length ?? 1); sequence++) {
          const cell = { layer, direction, step, sequence };
          if (!unrolled.exists(cell)) continue;
          const tensors = Object.keys(unrolled.tensors).filter((name) =>
            unrolled.holds(name, cell),
          );
          found[keyOf(cell)] = {
            tick: unrolled.tickOf(cell),
            row: unrolled.rowOf(cell),
            tensors: Object.fromEntries(
              tensors.map((name) => [name, indexOf(unrolled, name, cell)]),
            ),
            reads: plain(unrolled, unrolled.reads(cell)),
            goes: plain(unrolled, unrolled.goes(cell)),
          };
        }
  return found;
};

/**
 * The cells that are computed at each tick.
 *
 * @param {import("./order.js").Rules} rules
 * @param {Record<string, unknown>} given
 * @param {number} sequence
 */
const ticks = (rules, given, sequence) => {
  const unrolled = new Unrolled(rules, given);
  return Array.from({ length: Number(unrolled.ticks) }, (_, tick) =>
    unrolled.cellsAt(BigInt(tick + 1), BigInt(sequence)).map(keyOf),
  );
};

/**
 * @param {import("./view.js").Known} known
 * @param {Record<string, unknown>} given
 * @param {string} key
 */
const pieces = (known, given, key) =>
  piecesOf(new Unrolled(known.rules, given), known.texts, cellFrom(key));

/** @param {number} length @param {number} most @param {number[]} around */
const steps = (length, most, around) => stepsAround(BigInt(length), most, around.map(BigInt));

export { cells, drawn, pieces, steps, ticks };
