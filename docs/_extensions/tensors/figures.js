// Tensors with their names and shapes, drawn to compare.

import { block, fit } from "./block.js";
import { groupsOf } from "./shapes.js";
import { tupleOf } from "./tuple.js";

/**
 * Those of one shape, such as h_n and c_n, are drawn once.
 *
 * @param {import("./shapes.js").Tensor[]} tensors
 * @param {import("./block.js").Options} options
 * @returns {string} HTML
 */
export const figuresOf = (tensors, options) => {
  const cell = fit(tensors, options);
  const figures = groupsOf(tensors).map((group) => {
    const names = group.map(({ name }) => `<code>${name}</code>`).join(", ");
    const drawing = block(group[0], { cell, ...options });
    return `<div><p>${names} ${tupleOf(group[0])}</p>${drawing}</div>`;
  });
  return figures.join("");
};

/**
 * Names and shapes alone.
 *
 * @param {import("./shapes.js").Tensor[]} tensors
 * @returns {string} HTML
 */
export const shapesOf = (tensors) =>
  tensors.map((tensor) => `<span><code>${tensor.name}</code> ${tupleOf(tensor)}</span>`).join(" ");
