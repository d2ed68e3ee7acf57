// Where the parts of a block stand that has steps: input and output.

import { axisLabel, edgeOf, GAP, LINE, shortly, widthOf } from "./labels.js";
import { slant } from "./solid.js";
import { plain, spanOf } from "./spans.js";
import { partsOf } from "./words.js";

/**
 * @typedef {import("./shapes.js").Tensor} Tensor
 * @typedef {import("./block.js").Layout} Layout
 * @typedef {import("./labels.js").Label} Label
 * @typedef {import("./solid.js").Part} Part
 */

/**
 * The parts of the width: the directions side by side, or one part for the features of the input.
 *
 * @param {Tensor} tensor
 * @param {number} cell
 * @returns {Part[]}
 */
const widthsOf = (tensor, cell) => {
  const { size } = tensor.axes[tensor.axes.length - 1];
  const parts = partsOf(tensor);
  if (!parts.length) return [{ name: "features", width: spanOf(size, cell) }];
  return parts.map((part, place) => ({
    name: part.direction,
    width: spanOf(part.size, cell, BigInt(place) * part.size),
  }));
};

/**
 * The labels below the parts; two stand away from their border, however narrow the parts are.
 *
 * @param {Tensor} tensor
 * @param {Part[]} widths
 * @param {number} y
 * @param {Record<string, any>} texts
 * @returns {Label[]}
 */
const labelsBelow = (tensor, widths, y, texts) => {
  const { symbol, size } = tensor.axes[tensor.axes.length - 1];
  const parts = partsOf(tensor);
  const [first, second] = widths.map(({ width }) => width.pixels);
  const written = parts.map((part) => `${texts[part.direction]} ${shortly(part.size)}`);
  const [half, otherHalf] = written.map((text) => widthOf(text) / 2 + GAP / 2);
  const places =
    parts.length === 2
      ? [Math.min(first / 2, first - half), Math.max(first + second / 2, first + otherHalf)]
      : [first / 2];
  const of = parts.length ? written : [`${symbol} ${shortly(size)}`];
  return of.map((text, place) => ({
    x: places[place],
    y,
    text,
    type: widths[place].name,
    anchor: "middle",
    attributes: { "data-axis": "features", "data-part": parts[place]?.direction },
  }));
};

/**
 * The sequences of packed input as a stair: the shortest on top, so that the last step of each is
 * seen. Of many the middle ones are one stair.
 *
 * @param {bigint[]} lengths
 * @param {number} cell
 */
const stairsOf = (lengths, cell) => {
  const sorted = lengths
    .map((length, index) => ({ length: BigInt(length), index }))
    .sort((a, b) => Number(a.length - b.length) || b.index - a.index);
  const { cells, gap } = spanOf(lengths.length, cell);
  const stairs = cells.map(({ index, from, to }) => ({ ...sorted[Number(index)], from, to }));
  if (gap) {
    const half = cells.length / 2;
    const { length } = sorted[sorted.length >> 1];
    const [from, to] = [cells[half - 1].to, cells[half].from];
    stairs.splice(half, 0, { length, index: undefined, from, to });
  }
  return stairs;
};

/**
 * @param {Tensor} tensor
 * @param {Part[]} parts
 * @param {number} cell
 */
const solidsOf = (tensor, parts, cell) => {
  const [time, batch] = edgesOf(tensor);
  const corner = { x: 0, y: 0, parts };
  const roles = { height: batch?.role, depth: time.role };
  if (!tensor.lengths) {
    const height = batch ? spanOf(batch.size, cell) : plain(cell);
    return [{ ...corner, roles, height, depth: spanOf(time.size, cell) }];
  }
  const stairs = stairsOf(tensor.lengths, cell);
  return stairs.reverse().map(({ length, index, from, to }) => ({
    ...corner,
    y: from,
    roles,
    height: plain(to - from, index === undefined),
    depth: spanOf(length, cell),
    attributes: { class: "sequence", "data-axis": "batch", "data-index": index },
  }));
};

/**
 * The axes that are edges, time and batch first whatever their order in the shape. Those of packed
 * input are the axes that it has when it is padded.
 *
 * @param {Tensor} tensor
 */
const edgesOf = ({ axes, padded = axes }) =>
  ["time", "batch"].map((role) => padded.find((axis) => axis.role === role));

/**
 * @param {Tensor} tensor
 * @param {number} cell
 * @param {{ texts: Record<string, any> }} options
 * @returns {Layout}
 */
export const layOutBlock = (tensor, cell, { texts }) => {
  const parts = widthsOf(tensor, cell);
  const solids = solidsOf(tensor, parts, cell);
  const width = parts.reduce((sum, part) => sum + part.width.pixels, 0);
  const height = Math.max(...solids.map((solid) => solid.y + solid.height.pixels));
  const { depth } = solids[0]; // that of the longest
  const [right, up] = slant(depth.pixels);
  const [time, batch] = edgesOf(tensor);
  /** @type {Label[]} */
  const labels = labelsBelow(tensor, parts, height + LINE, texts);
  /** @type {Layout["edges"]} */
  const edges = [];
  const middle = height / 2 + 5;
  if (batch) {
    labels.push({ x: -GAP, y: middle, anchor: "end", ...axisLabel(batch) });
    edges.push(edgeOf("batch", [0, 0], [0, height], spanOf(batch.size, cell)));
  }
  if (tensor.lengths) {
    labels.push({ x: width + right / 2 + GAP, y: height - up / 2 + 9, ...axisLabel(time) });
    edges.push(edgeOf("time", [width, height], [width + right, height - up], depth));
  } else {
    const y = Math.min(2 - up / 2, middle - LINE); // above the other label
    labels.push({ x: right / 2 - GAP, y, anchor: "end", ...axisLabel(time) });
    edges.push(edgeOf("time", [0, 0], [right, -up], depth));
  }
  return { solids, labels, edges };
};
