// Of a long or high layer only a part is shown. It follows what happens.

/** @param {bigint} value @param {bigint} most */
const within = (value, most) => (value < 0n ? 0n : value > most ? most : value);

/** @param {bigint} start @param {number} count */
const run = (start, count) => Array.from({ length: count }, (_, i) => start + BigInt(i));

/**
 * So many places of a longer row, with one of them in the middle where that can be.
 *
 * @param {bigint} length
 * @param {number} count
 * @param {bigint} middle
 */
const part = (length, count, middle) =>
  run(within(middle - BigInt((count - 1) >> 1), length - BigInt(count)), count);

/**
 * The steps that are shown: all, or those around one step, or around the two of two directions.
 *
 * @param {bigint} length
 * @param {number} most
 * @param {bigint[]} around
 */
export const stepsAround = (length, most, around) => {
  if (length <= most) return run(0n, Number(length));
  const low = around.reduce((a, b) => (a < b ? a : b));
  const high = around.reduce((a, b) => (a > b ? a : b));
  if (high - low < most) return part(length, most, (low + high) / 2n);
  const left = Math.ceil(most / 2);
  return [...part(length, left, low), ...part(length, most - left, high)];
};

/**
 * The layers that are shown, the highest first.
 *
 * @param {bigint} count
 * @param {number} most
 * @param {bigint} around
 */
export const layersAround = (count, most, around) =>
  (count <= most ? run(0n, Number(count)) : part(count, most, around)).reverse();
