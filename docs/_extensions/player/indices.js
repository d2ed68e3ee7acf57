// The place of a cell in a tensor, as Python writes it.

import { partsOf } from "../tensors/words.js";

/**
 * The features of a direction, on an axis that may hold two.
 *
 * @param {import("../tensors/shapes.js").Tensor} tensor
 * @param {import("./order.js").Direction} direction
 */
const featuresOf = (tensor, direction) => {
  const parts = partsOf(tensor);
  const place = parts.findIndex((part) => part.direction === direction);
  if (place < 0) return ":";
  const before = parts.slice(0, place).reduce((sum, { size }) => sum + size, 0n);
  const last = place === parts.length - 1;
  return `${before || ""}:${last ? "" : before + parts[place].size}`;
};

/**
 * @param {import("./order.js").Unrolled} unrolled
 * @param {string} name - of a tensor
 * @param {import("./order.js").Cell} cell
 */
export const indexOf = (unrolled, name, cell) => {
  const tensor = unrolled.tensors[name];
  const indices = (tensor.padded ?? tensor.axes).map(({ role }) => {
    if (role === "time") return String(cell.step);
    if (role === "rows") return String(unrolled.rowOf(cell));
    if (role === "batch") return unrolled.layer.lengths ? String(cell.sequence) : ":";
    return featuresOf(tensor, cell.direction);
  });
  while (indices.length > 1 && indices[indices.length - 1] === ":") indices.pop();
  return `${name}[${indices.join(", ")}]`;
};
