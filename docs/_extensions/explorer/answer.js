// What the explorer answers: the rules, which come from Python, with the numbers of the fields.

import { evaluate, keyOf, product, sizesOf, tuple } from "../tensors/shapes.js";
import { fill, inPython } from "../tensors/words.js";
import { costsOf } from "./costs.js";

/**
 * @typedef {import("../tensors/shapes.js").Axes} Axes
 * @typedef {import("../tensors/shapes.js").Direction} Direction
 * @typedef {"alone" | "package"} Way - of a program: PyTorch alone, or with rnn_guide
 *
 * @typedef {object} OwnRules
 * @property {Record<string, Record<string, Axes>[]>} parameters - of the first layer, of the others
 * @property {Record<string, [string, string[] | number]>} applies - where a field has an effect
 * @property {Record<string, number>} minima
 * @property {string} layer
 * @property {Record<string, number | boolean>} defaults
 * @property {Record<string, Record<Way, { lines: string[], printed: string[][] }>>} programs
 * @property {Record<string, import("./parts.js").Rule[]>} parts
 * @property {import("./fit.js").Rules} fits
 * @property {import("./pasted.js").Rules} pasted
 * @property {number} bytes - of one number
 *
 * @typedef {import("../player/order.js").Rules & OwnRules} Rules
 *
 * @typedef {import("../tensors/shapes.js").Layer & { dropout: number, bias: boolean }} State - what
 *   stands in the fields
 *
 * @typedef {object} Parameter
 * @property {string} name
 * @property {Axes} axes
 * @property {string} shape
 * @property {bigint} numbers
 *
 * @typedef {object} Result
 * @property {string} layer - the call that makes it
 * @property {Direction[]} directions
 * @property {Record<string, bigint>} sizes - by symbol
 * @property {Record<string, Axes>} tensors
 * @property {Record<string, string>} shapes
 * @property {Parameter[]} parameters - of the layers that are listed
 * @property {number} listed - layers
 * @property {import("./costs.js").Costs} costs
 *
 * @typedef {State & Result} Answer
 */

const MAX_LISTED = 64; // layers in the lists

/**
 * The row of a state that a layer fills in a direction.
 *
 * @param {bigint} layer
 * @param {number} direction
 * @param {Direction[]} directions
 */
export const rowOf = (layer, direction, directions) =>
  layer * BigInt(directions.length) + BigInt(direction);

/**
 * @param {Rules} rules
 * @param {State} state
 */
const call = (rules, state) => {
  const values = /** @type {Record<string, any>} */ (state);
  const given = [String(state.input_size), String(state.hidden_size)];
  for (const [name, usual] of Object.entries(rules.defaults)) {
    if (String(values[name]) !== String(usual)) given.push(`${name}=${inPython(values[name])}`);
  }
  return fill(rules.layer, { kind: state.kind, arguments: given.join(", ") });
};

/**
 * @param {Rules} rules
 * @param {State} state
 * @returns {Answer}
 */
export const answer = (rules, state) => {
  const { kind, num_layers, bidirectional } = state;
  const sizes = sizesOf(rules, state);
  /** @param {Axes} axes */
  const numbers = (axes) => product(evaluate(axes, sizes));

  const tensors = rules.shapes[keyOf(state)];
  const shapes = Object.fromEntries(
    Object.entries(tensors).map(([name, axes]) => [name, tuple(evaluate(axes, sizes))]),
  );

  const groups = rules.parameters[`${[kind, state.bias, bidirectional, state.proj_size > 0n]}`];
  const listed = Number(num_layers < MAX_LISTED ? num_layers : MAX_LISTED);
  const parameters = Array.from({ length: listed }, (_, layer) =>
    Object.entries(groups[layer ? 1 : 0]).map(([name, axes]) => ({
      name: fill(name, { layer }),
      axes,
      shape: tuple(evaluate(axes, sizes)),
      numbers: numbers(axes),
    })),
  ).flat();
  return {
    ...state,
    layer: call(rules, state),
    directions: rules.directions[Number(bidirectional)],
    sizes,
    tensors,
    shapes,
    parameters,
    listed,
    costs: costsOf(groups, tensors, sizes),
  };
};
