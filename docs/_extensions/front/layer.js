// The layer that the controls describe: its tensors, its address in the explorer, its sentence.

import { describe, layerFrom, tuple } from "../tensors/shapes.js";
import { fill, inPython } from "../tensors/words.js";

/**
 * @typedef {object} Values - of the controls
 * @property {string} kind
 * @property {number} num_layers
 * @property {boolean} bidirectional
 * @property {boolean} batch_first
 *
 * @typedef {object} Known - what Python has written
 * @property {import("../tensors/shapes.js").Rules} rules
 * @property {Record<string, any>} texts
 * @property {Record<string, unknown>} layer - what the controls do not set
 * @property {string[]} shown - the tensors
 * @property {{ width: number, height: number }} box - of a drawing
 * @property {{ lines: Record<string, string>, sentence: string }[]} splits - HTML, by bidirectional
 * @property {string} said
 * @property {string} copied
 */

/**
 * The tensors that the panel shows.
 *
 * @param {Known} known
 * @param {Values} values
 */
export const shownOf = ({ rules, layer, shown }, values) => {
  const tensors = describe(rules, layerFrom({ ...layer, ...values }));
  return shown.map((name) => tensors[name]).filter(Boolean);
};

/**
 * The values as the explorer's address has them.
 *
 * @param {Values} values
 */
export const addressOf = (values) => {
  const texts = Object.entries(values).map(([name, value]) => [name, inPython(value)]);
  return `#${new URLSearchParams(texts)}`;
};

/**
 * What a screen reader says after a change.
 *
 * @param {Known} known
 * @param {Values} values
 */
export const saidOf = (known, values) => {
  const shapes = shownOf(known, values).map(
    ({ name, axes }) => `${name} ${tuple(axes.map(({ size }) => size))}`,
  );
  return fill(known.said, { kind: values.kind, shapes: shapes.join(", ") });
};
