// The shapes of a pasted layer: numbers where the text says them, and symbols elsewhere.

import { keyOf, product, tuple } from "../tensors/shapes.js";

/**
 * @typedef {import("../tensors/shapes.js").Rules & {
 *   usual: Record<string, string>, projects: string[]
 * }} Shapes - the arguments that a call may leave out, and the kinds that have a projection
 */

const SIZE = /^[1-9]\d*$/;

/**
 * The number that each symbol stands for, where it is known.
 *
 * @param {Shapes} rules
 * @param {Record<string, string>} values
 */
const known = (rules, values) => {
  /** @type {Record<string, bigint>} */
  const sizes = { D: BigInt(rules.directions[Number(values.bidirectional === "True")].length) };
  for (const [symbol, name] of Object.entries(rules.symbols)) {
    if (SIZE.test(values[name] ?? "")) sizes[symbol] = BigInt(values[name]);
  }
  const symbol = rules.projected[Number(SIZE.test(values.proj_size))];
  if (sizes[symbol]) sizes.H_out = sizes[symbol];
  return sizes;
};

/**
 * A product of symbols, its numbers multiplied.
 *
 * @param {string} axis
 * @param {Record<string, bigint>} sizes
 */
const written = (axis, sizes) => {
  const factors = axis.split("*");
  const symbols = factors.filter((factor) => sizes[factor] === undefined);
  const number = product(factors.filter((factor) => factor in sizes).map((name) => sizes[name]));
  return [...(symbols.length && number === 1n ? [] : [number]), ...symbols].join("*");
};

/**
 * @param {Shapes} rules
 * @param {Record<string, string>} fields - as they were read
 * @returns {string[]} such as "output (N, L, 10)"; none where PyTorch refuses the layer
 */
export const shapesOf = (rules, fields) => {
  /** @type {Record<string, string>} */
  const values = { layout: "batched", ...rules.usual, ...fields };
  const { kind, layout } = values;
  const shapes = rules.shapes[keyOf({ kind, layout, batch_first: values.batch_first === "True" })];
  if (!shapes) return [];
  const sizes = known(rules, values);
  const projects = SIZE.test(values.proj_size);
  if (projects && !rules.projects.includes(kind)) return [];
  if (projects && sizes.H_out >= sizes.H_cell) return []; // where hidden_size is known
  return Object.entries(shapes)
    .filter(([name]) => !name.endsWith("_0")) // as h_n and c_n
    .map(([name, axes]) => `${name} ${tuple(axes.map((axis) => written(axis, sizes)))}`);
};
