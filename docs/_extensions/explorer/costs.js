// What a layer costs: from the shapes of its parameters and tensors.

import { evaluate, product } from "../tensors/shapes.js";

/**
 * @typedef {import("../tensors/shapes.js").Axes} Axes
 *
 * @typedef {object} Costs
 * @property {bigint} parameters - the numbers in all of them
 * @property {bigint} products - multiplications in the matrix products of a forward pass
 * @property {bigint} returned - the numbers that the layer returns
 */

/**
 * Each matrix is multiplied once with each step of each sequence.
 *
 * @param {Record<string, Axes>[]} groups - parameters of the first layer, and of any above it
 * @param {Record<string, Axes>} tensors
 * @param {Record<string, bigint>} sizes
 * @returns {Costs}
 */
export const costsOf = (groups, tensors, sizes) => {
  /** @param {Axes} axes */
  const numbers = (axes) => product(evaluate(axes, sizes));
  /** @param {(axes: Axes) => boolean} counts */
  const total = (counts) => {
    const [first, above] = groups.map((group) =>
      Object.values(group)
        .filter(counts)
        .reduce((sum, axes) => sum + numbers(axes), 0n),
    );
    return first + (sizes.num_layers - 1n) * above;
  };
  const steps = product(evaluate(tensors.input.slice(0, -1), sizes));
  const returned = ["output", "h_n", "c_n"].filter((name) => name in tensors);
  return {
    parameters: total(() => true),
    products: steps * total((axes) => axes.length === 2),
    returned: returned.reduce((sum, name) => sum + numbers(tensors[name]), 0n),
  };
};
