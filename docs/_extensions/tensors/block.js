// A tensor as a block: depth is time, height the batch, width the features. A state is a slab for
// each of its rows. It gives SVG as text, so that a page and a build draw the same.

import { boundsOf, drawLabel } from "./labels.js";
import { layOutBlock } from "./layout_block.js";
import { layOutState } from "./layout_state.js";
import { draw, path } from "./solid.js";
import { labelOf } from "./words.js";

/**
 * @typedef {import("./shapes.js").Tensor} Tensor
 *
 * @typedef {object} Layout
 * @property {import("./solid.js").Solid[]} solids - from the back to the front
 * @property {import("./labels.js").Label[]} labels
 * @property {{ axis: import("./shapes.js").Role, d: string }[]} edges
 *
 * @typedef {object} Options
 * @property {Record<string, any>} texts
 * @property {number} [width] - of the box that the block fits into, in pixels
 * @property {number} [height]
 * @property {number} [cell] - its size in pixels; without it, the largest that fits
 * @property {boolean} [cells] - whether single steps, sequences and features can be lit
 */

const LARGEST = 19; // pixels of a cell
const BOX = { width: 300, height: 200 };
const MARGIN = 6; // for the thickness of lines, and the marks of breaks

/** @param {Tensor} tensor */
const isState = ({ axes }) => axes[0].role === "rows";

/**
 * @param {Tensor} tensor
 * @param {number} cell
 * @param {Options} options
 * @returns {Layout}
 */
const layOut = (tensor, cell, options) =>
  (isState(tensor) ? layOutState : layOutBlock)(tensor, cell, { ...BOX, ...options });

/**
 * The window that shows all that is drawn, in whole pixels.
 *
 * @param {Layout} layout
 */
const viewOf = (layout) => {
  const { left, top, right, bottom } = boundsOf(layout);
  const [x, y] = [left, top].map((side) => Math.floor(side - MARGIN));
  const [width, height] = [right - x, bottom - y].map((side) => Math.ceil(side + MARGIN));
  return { x, y, width, height };
};

/**
 * The largest cell with which each of some tensors fits into a box, so that their blocks can be
 * compared.
 *
 * @param {Tensor[]} tensors
 * @param {Options} options
 */
export const fit = (tensors, options) => {
  const { width, height } = { ...BOX, ...options };
  /** @param {number} cell */
  const fits = (cell) =>
    tensors.every((tensor) => {
      const view = viewOf(layOut(tensor, cell, options));
      return view.width <= width && view.height <= height;
    });
  if (fits(LARGEST)) return LARGEST;
  let [low, high] = [0, LARGEST];
  for (let step = 0; step < 12; step++) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
};

/**
 * Draw a tensor.
 *
 * @param {Tensor} tensor
 * @param {Options} options
 * @returns {string} an svg element
 */
export const block = (tensor, options) => {
  const { texts, cell = fit([tensor], options), cells = true } = options;
  const layout = layOut(tensor, cell, options);
  const { x, y, width, height } = viewOf(layout);
  const empty = tensor.axes.some(({ size }) => Number(size) === 0);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="tensor${empty ? " empty" : ""}"`,
    ` data-tensor="${tensor.name}" viewBox="${[x, y, width, height].join(" ")}"`,
    ` width="${width}" height="${height}" role="img" aria-label="${labelOf(tensor, texts)}">`,
    ...layout.solids.map((solid) => draw(solid, cells)),
    ...layout.edges.map(({ axis, d }) => path(`axis ${axis}`, d, { "data-axis": axis })),
    ...layout.labels.map(drawLabel),
    "</svg>",
  ].join("");
};
