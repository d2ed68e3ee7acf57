// The programs: as text to run, and as HTML in the colours of tensors.

import { describe, evaluate } from "../tensors/shapes.js";
import { tupleOf } from "../tensors/tuple.js";

/**
 * @typedef {import("./answer.js").Rules} Rules
 * @typedef {import("./answer.js").Answer} Answer
 * @typedef {import("./answer.js").Way} Way
 * @typedef {import("../tensors/shapes.js").Tensor} Tensor
 */

/** @param {Answer} answer @param {Way} way @param {Rules} rules */
const programOf = ({ kind, layout, bidirectional }, way, rules) =>
  rules.programs[`${[kind, layout, bidirectional]}`][way];

/** @param {string} text */
const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

/**
 * Directions in their colours, and what is set up or said beside stands back.
 *
 * @param {string} line
 */
const coloured = (line) => {
  if (/^(?:import|from|#)/.test(line)) return `<span class="c">${escaped(line)}</span>`;
  return escaped(line).replace(
    /\b(?:[hc]_)?(forward|backward)\b/g,
    (name, part) => `<span class="${part}" data-part="${part}">${name}</span>`,
  );
};

/**
 * A program. Its text is that of the elements.
 *
 * @param {Rules} rules
 * @param {Answer} answer
 * @param {Way} way
 * @returns {string} HTML
 */
export const programAsHtml = (rules, answer, way) => {
  const input = describe(rules, answer).input;
  /** @type {Record<string, string>} */
  const values = {
    layer: escaped(answer.layer),
    input: tupleOf(input),
    input_size: String(answer.input_size),
    lengths: String(answer.lengths?.join(", ")),
  };
  return programOf(answer, way, rules)
    .lines.map((line) => coloured(line).replace(/\{(\w+)\}/g, (_, name) => values[name]))
    .join("\n");
};

/**
 * What is printed, one of the tensors or a part of output: "h_n", "padded", "forward.data".
 *
 * @param {Rules} rules
 * @param {Answer} answer
 * @param {string} name
 * @returns {Tensor}
 */
const printedOf = (rules, answer, name) => {
  const tensors = describe(rules, answer);
  if (tensors[name]) return tensors[name];
  const { output } = tensors;
  const whole = name.endsWith(".data") ? output.axes : (output.padded ?? output.axes);
  if (name === "padded") return { ...output, axes: whole };
  const [size] = evaluate(["H_out"], answer.sizes);
  const last = { ...whole[whole.length - 1], symbol: "H_out", size };
  return { ...output, name, axes: [...whole.slice(0, -1), last] };
};

/**
 * What a program prints.
 *
 * @param {Rules} rules
 * @param {Answer} answer
 * @param {Way} way
 * @returns {string} HTML
 */
export const printedAsHtml = (rules, answer, way) =>
  programOf(answer, way, rules)
    .printed.map((names) =>
      names
        .map((name) => {
          const shape = tupleOf(printedOf(rules, answer, name)).replace(/ data-tensor="[^"]*"/, "");
          return shape.replace(/>\((.*)\)</, ">torch.Size([$1])<").replace(/,\]\)/, "])");
        })
        .join(" "),
    )
    .join("\n");
