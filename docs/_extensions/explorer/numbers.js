// Numbers to be read: in groups of digits, and bytes in units.

/**
 * @param {bigint} number
 * @param {string} language
 */
export const grouped = (number, language) => number.toLocaleString(language);

/**
 * A number of bytes, in the largest unit of which there is one at least.
 *
 * @param {bigint} bytes
 * @param {string[]} units - each a thousand of the one before
 */
export const bytesOf = (bytes, units) => {
  const digits = String(bytes);
  let unit = Math.min(Math.floor((digits.length - 1) / 3), units.length - 1);
  if (unit === 0) return `${bytes} ${units[0]}`;
  let value = Number(bytes) / 1000 ** unit;
  if (Number(value.toPrecision(3)) >= 1000 && unit < units.length - 1) {
    unit += 1;
    value /= 1000;
  }
  const shown = value >= 1e6 ? value.toExponential(2) : String(Number(value.toPrecision(3)));
  return `${shown} ${units[unit]}`;
};
