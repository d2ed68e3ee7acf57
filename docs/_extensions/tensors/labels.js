// The words and numbers beside a block, and how much room the whole takes.

import { BREAK, line, slant, written } from "./solid.js";

/**
 * @typedef {object} Label
 * @property {number} x
 * @property {number} y - of the line that the letters stand on
 * @property {string} text
 * @property {string} type - its classes
 * @property {"start" | "middle" | "end"} [anchor]
 * @property {Record<string, unknown>} [attributes]
 */

const LETTER = 7.9; // pixels of a broad letter at 13 pixels
const WIDE = 14; // of a letter from China
const [ABOVE, BELOW] = [11, 4]; // pixels of letters above and below their line

/** The height of a line of text. */
export const LINE = 17;

/** Pixels between a block and what is written beside it. */
export const GAP = 9;

/** @param {string} text */
export const widthOf = (text) =>
  [...text].reduce((sum, letter) => sum + (letter > "\u2e80" ? WIDE : LETTER), 0);

/** @param {Label} label */
const edgesOf = ({ x, text, anchor = "start" }) => {
  const width = widthOf(text);
  const left = x - { start: 0, middle: width / 2, end: width }[anchor];
  return [left, left + width];
};

/**
 * A number that is short enough for the picture.
 *
 * @param {bigint | number} number
 */
export const shortly = (number) => {
  const digits = String(number);
  return digits.length < 9 ? digits : `${digits[0]}.${digits.slice(1, 3)}e${digits.length - 1}`;
};

/** @param {import("./shapes.js").Axis} axis */
export const axisLabel = ({ symbol, size, role }) => ({
  text: `${symbol} ${shortly(size)}`,
  type: role,
  attributes: { "data-axis": role },
});

/**
 * An edge in the colour of its axis, with a break where cells are left out.
 *
 * @param {import("./shapes.js").Role} axis
 * @param {import("./solid.js").Point} from
 * @param {import("./solid.js").Point} to
 * @param {import("./spans.js").Span} [span]
 */
export const edgeOf = (axis, from, to, span) => {
  /** @param {number} pixels @returns {import("./solid.js").Point} */
  const at = (pixels) => {
    const [x, y] = [0, 1].map((i) => from[i] + ((to[i] - from[i]) * pixels) / span.pixels);
    return [x, y];
  };
  if (!span?.gap) return { axis, d: line([from, to]) };
  const [before, after] = [at(span.gap - BREAK - 1), at(span.gap + BREAK + 1)];
  return { axis, d: line([from, before]) + line([after, to]) };
};

/** @param {Label} label */
export const drawLabel = ({ x, y, text, type, anchor, attributes = {} }) => {
  const [left, line] = [x, y].map((number) => Math.round(number * 10) / 10);
  const place = { x: left, y: line, "text-anchor": anchor, class: type, ...attributes };
  return `<text${written(place)}>${text}</text>`;
};

/**
 * The sides of all that is drawn.
 *
 * @param {import("./block.js").Layout} layout
 */
export const boundsOf = ({ solids, labels }) => {
  const sides = { left: 0, top: 0, right: 0, bottom: 0 };
  /** @param {number} left @param {number} top @param {number} right @param {number} bottom */
  const take = (left, top, right, bottom) => {
    sides.left = Math.min(sides.left, left);
    sides.top = Math.min(sides.top, top);
    sides.right = Math.max(sides.right, right);
    sides.bottom = Math.max(sides.bottom, bottom);
  };
  for (const { x, y, parts, height, depth } of solids) {
    const [right, up] = slant(depth.pixels);
    const width = parts.reduce((sum, part) => sum + part.width.pixels, 0);
    take(x, y - up, x + width + right, y + height.pixels);
  }
  for (const label of labels) {
    const [left, right] = edgesOf(label);
    take(left, label.y - ABOVE, right, label.y + BELOW);
  }
  return sides;
};
