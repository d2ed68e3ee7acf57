// Where the slabs of a state stand, one for each of its rows, [0] on top.

import { axisLabel, edgeOf, GAP, LINE, shortly, widthOf } from "./labels.js";
import { slant } from "./solid.js";
import { ends, plain, spanOf } from "./spans.js";
import { fill } from "./words.js";

/**
 * @typedef {import("./shapes.js").Tensor} Tensor
 * @typedef {import("./block.js").Layout} Layout
 * @typedef {import("./labels.js").Label} Label
 */

const MOST = 12; // slabs
const AROUND = 60; // pixels above and below the slabs
const THICK = 6; // pixels of a slab
const APART = 0.8; // of a slab, from one to the next: they may hide a little of each other
const ARROWS = { forward: "→", backward: "←" };

/**
 * Where the direction of a row is drawn, and what it is called.
 *
 * @param {Tensor} tensor
 * @param {bigint} row
 * @param {Record<string, any>} texts
 */
const rowOf = ({ directions }, row, texts) => {
  const layer = row / BigInt(directions.length);
  const direction = directions[Number(row % BigInt(directions.length))];
  const name = fill(texts.layer, { layer: shortly(layer) });
  return { row, layer, direction, text: `${name} ${ARROWS[direction]}` };
};

/**
 * The rows that have room in a height: all, or the first and the last ones.
 *
 * @param {bigint} count
 * @param {number} height
 */
const rowsWithin = (count, height) => {
  const fit = Math.min(Math.floor((height - AROUND) / LINE), MOST);
  if (count <= fit) return ends(count, fit);
  return ends(count, Math.max(2, fit - 1 - ((fit - 1) % 2)));
};

/**
 * @param {Tensor} tensor
 * @param {number} cell
 * @param {{ texts: Record<string, any>, height?: number }} options
 * @returns {Layout}
 */
export const layOutState = (tensor, cell, { texts, height }) => {
  const [rows, ...others] = tensor.axes;
  const features = others[others.length - 1];
  const batch = others.find(({ role }) => role === "batch");
  const width = spanOf(features.size, cell);
  const depth = batch ? spanOf(batch.size, cell) : plain(cell);
  const [right, up] = slant(depth.pixels);
  const pitch = Math.max(LINE, THICK + APART * up);

  const drawn = rowsWithin(BigInt(rows.size), height).map((row) => rowOf(tensor, row, texts));
  const left = drawn.length < rows.size; // some rows are left out
  /** @param {number} place */
  const top = (place) => place * pitch + (left && place >= drawn.length / 2 ? LINE : 0);
  const bottom = top(drawn.length - 1) + THICK;

  const solids = drawn.map(({ row, layer, direction }, place) => ({
    x: 0,
    y: top(place),
    parts: [{ name: direction, width }],
    height: plain(THICK),
    depth,
    roles: { depth: batch?.role },
    attributes: {
      class: "row",
      "data-axis": "rows",
      "data-row": row,
      "data-layer": layer,
      "data-part": direction,
    },
  }));
  /** @type {Label[]} */
  const labels = drawn.flatMap(({ row, direction, text }, place) => {
    const attributes = { "data-row": row, "data-part": direction };
    const y = top(place) + THICK / 2;
    return [
      { x: -GAP, y: y + 5, text: `[${shortly(row)}]`, type: "index", anchor: "end", attributes },
      { x: width.pixels + right + GAP, y: y + 2 - up / 2, text, type: direction, attributes },
    ];
  });
  if (left)
    labels.push({
      x: -GAP - 6,
      y: top(drawn.length / 2) - LINE / 2,
      text: "⋮",
      type: "index",
      anchor: "end",
    });
  const widest = Math.max(...drawn.map(({ row }) => widthOf(`[${shortly(row)}]`)));
  labels.push({
    x: width.pixels / 2,
    y: bottom + LINE - 2,
    anchor: "middle",
    ...axisLabel(features),
  });
  labels.push({ x: -GAP - widest, y: bottom + 2 * LINE - 2, ...axisLabel(rows) });
  /** @type {Layout["edges"]} */
  const edges = [edgeOf("rows", [-4, 0], [-4, bottom])];
  if (batch) {
    const y = Math.min(2 - up / 2, THICK / 2 + 5 - LINE); // above the number of the first row
    labels.push({ x: right / 2 - GAP, y, anchor: "end", ...axisLabel(batch) });
    edges.push(edgeOf("batch", [0, 0], [right, -up], depth));
  }
  return { solids: solids.reverse(), labels, edges };
};
