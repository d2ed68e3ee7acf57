// Which cell a key leads to.

import { fromAbove, sequencesOf } from "./grid.js";

/**
 * @typedef {import("./order.js").Cell} Cell
 * @typedef {import("./order.js").Unrolled} Unrolled
 */

/**
 * The cell in the row above or below, at the same step or the last one that is there.
 *
 * @param {Unrolled} unrolled
 * @param {Cell} cell
 * @param {number} way - to the rows below, or -1
 * @returns {Cell}
 */
const across = (unrolled, cell, way) => {
  const rows = fromAbove(unrolled).flatMap((direction) =>
    sequencesOf(unrolled, cell.sequence).map((sequence) => ({ direction, sequence })),
  );
  const place = rows.findIndex(
    ({ direction, sequence }) => direction === cell.direction && sequence === cell.sequence,
  );
  const next = (place + way + rows.length) % rows.length;
  const layer = place + way === next ? cell.layer : cell.layer - BigInt(way);
  if (layer < 0n || layer >= unrolled.layer.num_layers) return cell;
  const last = unrolled.lengthOf(rows[next]) - 1n;
  return { ...rows[next], layer, step: cell.step < last ? cell.step : last };
};

/**
 * @param {Unrolled} unrolled
 * @param {Cell} cell
 * @param {string} key
 * @returns {Cell | undefined}
 */
export const moved = (unrolled, cell, key) => {
  const last = unrolled.lengthOf(cell) - 1n;
  /** @param {bigint} step */
  const to = (step) => ({ ...cell, step: step < 0n ? 0n : step > last ? last : step });
  if (key === "ArrowLeft") return to(cell.step - 1n);
  if (key === "ArrowRight") return to(cell.step + 1n);
  if (key === "Home") return to(0n);
  if (key === "End") return to(last);
  if (key === "ArrowUp") return across(unrolled, cell, -1);
  if (key === "ArrowDown") return across(unrolled, cell, 1);
  return undefined;
};
