// The unrolled layer: which cells there are, when each is computed, what it reads and where it goes.
// The rules come from Python.

import { at, describe, layerFrom } from "../tensors/shapes.js";

/**
 * @typedef {import("../tensors/shapes.js").Direction} Direction
 * @typedef {Partial<Record<"layer" | "step", Record<Direction, number>>>} Place - -1 is the last
 *
 * @typedef {object} OwnRules
 * @property {Record<string, Place>} cells - those that a tensor holds or that read it
 * @property {Record<string, any>} usual - the layer, where nothing else is said
 *
 * @typedef {import("../tensors/shapes.js").Rules & OwnRules} Rules
 *
 * @typedef {object} Cell
 * @property {bigint} layer
 * @property {Direction} direction
 * @property {bigint} step
 * @property {bigint} sequence - in the batch
 *
 * @typedef {object} Link - what a cell reads, or where it goes
 * @property {string} [tensor] - if it is the cell's own part of a tensor
 * @property {Cell} cell
 */

export class Unrolled {
  /**
   * @param {Rules} rules
   * @param {Record<string, unknown>} given - the layer and its input; what is missing is as usual
   */
  constructor(rules, given) {
    const packed = given.layout ? given.layout === "packed" : Boolean(given.lengths);
    const layout = given.layout ?? (packed ? "packed" : rules.usual.layout);
    const lengths = packed ? given.lengths : undefined;
    this.rules = rules;
    const known = Object.entries(given).filter(
      ([, value]) => value !== undefined && value !== null,
    );
    this.layer = layerFrom({ ...rules.usual, ...Object.fromEntries(known), layout, lengths });
    this.tensors = describe(rules, this.layer);
    this.directions = rules.directions[Number(this.layer.bidirectional)];
  }

  /** All directions of a layer make one step at each tick. */
  get ticks() {
    return this.layer.num_layers * this.layer.seq_len;
  }

  /** @param {Pick<Cell, "sequence">} cell */
  lengthOf({ sequence }) {
    return this.layer.lengths?.[Number(sequence)] ?? this.layer.seq_len;
  }

  /** @param {Cell} cell */
  exists(cell) {
    return cell.step >= 0n && cell.step < this.lengthOf(cell);
  }

  /**
   * Whether a tensor holds a cell, or is read by it.
   *
   * @param {string} tensor
   * @param {Cell} cell
   */
  holds(tensor, cell) {
    const { layer, step } = this.rules.cells[tensor];
    return (
      (!layer || at(layer[cell.direction], this.layer.num_layers) === cell.layer) &&
      (!step || this.stepAt(tensor, cell) === cell.step)
    );
  }

  /**
   * The step of a cell that a state is read or left by, in the sequence and direction of another.
   *
   * @param {string} state
   * @param {Cell} cell
   */
  stepAt(state, cell) {
    return at(this.rules.cells[state].step[cell.direction], this.lengthOf(cell));
  }

  /** @param {Cell} cell */
  rowOf({ layer, direction }) {
    const { length } = this.directions;
    return layer * BigInt(length) + BigInt(this.directions.indexOf(direction));
  }

  /**
   * The tick at which a cell is computed; the first one is 1. Sequences of a batch run together, so
   * a short one waits backward until its last step is reached.
   *
   * @param {Cell} cell
   */
  tickOf({ layer, direction, step }) {
    const { seq_len } = this.layer;
    const passed = step - at(this.rules.cells.h_0.step[direction], seq_len);
    return layer * seq_len + (passed < 0n ? -passed : passed) + 1n;
  }

  /**
   * The cells of a sequence that are computed at a tick.
   *
   * @param {bigint} tick
   * @param {bigint} sequence
   */
  cellsAt(tick, sequence) {
    if (tick < 1n) return [];
    const { seq_len } = this.layer;
    const layer = (tick - 1n) / seq_len;
    const passed = (tick - 1n) % seq_len;
    return this.directions
      .map((direction) => {
        const start = at(this.rules.cells.h_0.step[direction], seq_len);
        const step = start + passed * this.onward(direction);
        return { layer, direction, step, sequence };
      })
      .filter((cell) => this.exists(cell));
  }

  /**
   * The way from one step to the next.
   *
   * @param {Direction} direction
   */
  onward(direction) {
    return this.rules.cells.h_0.step[direction] < 0 ? -1n : 1n;
  }

  /**
   * @param {Cell} cell
   * @returns {Link[]}
   */
  reads(cell) {
    const step = cell.step - this.onward(cell.direction);
    return [
      ...this.beside(cell, "input", -1n),
      ...(this.holds("h_0", cell) ? this.states("_0", cell) : [{ cell: { ...cell, step } }]),
    ];
  }

  /**
   * @param {Cell} cell
   * @returns {Link[]}
   */
  goes(cell) {
    const step = cell.step + this.onward(cell.direction);
    return [
      ...this.beside(cell, "output", 1n),
      ...(this.holds("h_n", cell) ? this.states("_n", cell) : [{ cell: { ...cell, step } }]),
    ];
  }

  /**
   * The cells of the layer below or above, or the tensor that stands there.
   *
   * @param {Cell} cell
   * @param {string} tensor
   * @param {bigint} way
   * @returns {Link[]}
   */
  beside(cell, tensor, way) {
    if (this.holds(tensor, cell)) return [{ tensor, cell }];
    const layer = cell.layer + way;
    return this.directions.map((direction) => ({ cell: { ...cell, direction, layer } }));
  }

  /**
   * @param {string} ending
   * @param {Cell} cell
   * @returns {Link[]}
   */
  states(ending, cell) {
    const names = Object.keys(this.tensors).filter((name) => name.endsWith(ending));
    return names.map((tensor) => ({ tensor, cell }));
  }
}
