// How long an edge is drawn, and which of its cells.

const CELLS = 12; // an edge of so many cells shows each of them
const ENDS = 4; // a longer one shows so many at each end
const PER_TENFOLD = 6; // cells by which an edge of ten times as many numbers is longer
const LEAST = 3; // pixels of an edge that holds a number at all

/**
 * @typedef {{ index: bigint, from: number, to: number }} Cell - its place in pixels
 *
 * @typedef {object} Span - an edge
 * @property {number} pixels
 * @property {Cell[]} cells - those that are drawn
 * @property {number} [gap] - the middle of those that are not
 */

/**
 * The length of an edge in cells. Beyond twelve it grows with the logarithm.
 *
 * @param {bigint | number} size
 */
export const cellsOf = (size) => {
  const number = Number(size);
  return number <= CELLS ? number : CELLS + PER_TENFOLD * Math.log10(number / CELLS);
};

/**
 * An edge without cells of its own.
 *
 * @param {number} pixels
 * @param {boolean} [broken]
 * @returns {Span}
 */
export const plain = (pixels, broken = false) => ({
  pixels,
  cells: [],
  ...(broken && { gap: pixels / 2 }),
});

/**
 * @param {bigint | number} size
 * @param {number} cell - the pixels of one
 * @param {bigint} [start] - the index of the first one
 * @returns {Span}
 */
export const spanOf = (size, cell, start = 0n) => {
  const count = BigInt(size);
  const pixels = count === 0n ? 0 : Math.max(cellsOf(count) * cell, LEAST);
  /** @type {Cell[]} */
  const cells = [];
  if (count <= CELLS) {
    const step = pixels / Number(count);
    for (let place = 0; place < count; place++) {
      cells.push({ index: start + BigInt(place), from: place * step, to: (place + 1) * step });
    }
    return { pixels, cells };
  }
  for (let place = 0; place < ENDS; place++) {
    cells.push({ index: start + BigInt(place), from: place * cell, to: (place + 1) * cell });
  }
  for (let left = ENDS; left > 0; left--) {
    const from = pixels - left * cell;
    cells.push({ index: start + count - BigInt(left), from, to: from + cell });
  }
  return { pixels, cells, gap: pixels / 2 };
};

/**
 * The places that are drawn of many: all, or the first and the last ones.
 *
 * @param {bigint} count
 * @param {number} most - an even number
 */
export const ends = (count, most) => {
  /** @param {number} number @param {bigint} start */
  const take = (number, start) => Array.from({ length: number }, (_, i) => start + BigInt(i));
  if (count <= most) return take(Number(count), 0n);
  return [...take(most / 2, 0n), ...take(most / 2, count - BigInt(most / 2))];
};
