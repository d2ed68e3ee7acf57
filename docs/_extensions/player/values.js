// The numbers that PyTorch has computed, for the layers that it has computed them for.

/**
 * @typedef {Record<string, number[][]>} Numbers - by kind, directions, sequence and length
 *
 * @typedef {object} Computed
 * @property {Record<string, number | boolean>} equal - arguments of the layers
 * @property {Record<"num_layers" | "seq_len" | "batch_size", number>} most
 * @property {number} digits - behind the point
 */

/**
 * Whether there are numbers for a layer.
 *
 * @param {Computed} computed
 * @param {import("./order.js").Unrolled} unrolled
 */
export const areComputed = ({ equal, most }, { layer }) => {
  const values = /** @type {Record<string, any>} */ (layer);
  return (
    Object.entries(equal).every(([name, value]) => Number(values[name]) === Number(value)) &&
    layer.num_layers <= most.num_layers &&
    layer.seq_len <= most.seq_len &&
    layer.batch_size > 0n &&
    (!layer.lengths || layer.batch_size <= most.batch_size)
  );
};

/**
 * The number of a cell, if it is known.
 *
 * @param {Computed} computed
 * @param {Numbers | undefined} numbers
 * @param {import("./order.js").Unrolled} unrolled
 * @param {import("./order.js").Cell} cell
 * @returns {string | undefined}
 */
export const numberOf = (computed, numbers, unrolled, cell) => {
  if (!numbers || !areComputed(computed, unrolled)) return undefined;
  const { kind, bidirectional } = unrolled.layer;
  // those of one direction begin those of the longest sequence
  const length = bidirectional ? unrolled.lengthOf(cell) : computed.most.seq_len;
  const key = `${[kind, bidirectional, cell.sequence, length]}`;
  const value = numbers[key]?.[Number(unrolled.rowOf(cell))]?.[Number(cell.step)];
  if (value === undefined) return undefined;
  return (value / 10 ** computed.digits).toFixed(computed.digits).replace("-", "−");
};
