// What a block says to those who do not see it. The sentences come from Python.

import { tuple } from "./shapes.js";

/**
 * A text with its names filled in; braces around another name stay.
 *
 * @param {string} template
 * @param {Record<string, unknown>} values
 */
export const fill = (template, values) =>
  template.replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all));

/**
 * A number or a flag as Python writes it.
 *
 * @param {unknown} value
 */
export const inPython = (value) => ({ true: "True", false: "False" })[`${value}`] ?? `${value}`;

/**
 * Sentences one after another; the stop of a Chinese one holds its space.
 *
 * @param {unknown[]} sentences
 */
export const together = (sentences) => sentences.join(" ").replaceAll("。 ", "。");

/**
 * Names or numbers as a list; a Chinese word between them has spaces beside it.
 *
 * @param {string[]} items
 * @param {string} language
 * @param {"conjunction" | "disjunction"} [type]
 */
export const listed = (items, language, type) =>
  new Intl.ListFormat(language, { type }).format(items).replace(/[和或]/g, " $& ");

/** @param {string} text */
const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");

/**
 * The directions and sizes of the parts of the last axis, if it has parts.
 *
 * @param {import("./shapes.js").Tensor} tensor
 */
export const partsOf = ({ axes, directions }) => {
  const { size } = axes[axes.length - 1];
  if (!directions || axes[0].role === "rows") return [];
  return directions.map((direction) => ({
    direction,
    size: BigInt(size) / BigInt(directions.length),
  }));
};

/**
 * @param {import("./shapes.js").Tensor} tensor
 * @param {Record<string, any>} texts
 */
export const labelOf = (tensor, texts) => {
  const { name, axes, lengths } = tensor;
  const parts = partsOf(tensor).map(({ direction, size }) => `${texts[direction]} ${size}`);
  const said = axes.map(({ symbol, size, role }) => fill(texts.axes[role], { symbol, size }));
  if (lengths) said.push(fill(texts.lengths, { lengths: lengths.join(", ") }));
  const shape = tuple(axes.map(({ size }) => size));
  return escaped(fill(texts.label, { name, shape, axes: [...said, ...parts].join("; ") }));
};
