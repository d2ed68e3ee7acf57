// The parts of what a layer returns that people come for, each with the expressions that give it.

import { at, evaluate, tuple } from "../tensors/shapes.js";
import { fill } from "../tensors/words.js";
import { rowOf } from "./answer.js";

const MAX_LAYERS = 8; // of a state, whose rows are listed

/**
 * @typedef {object} Rule - from Python
 * @property {string} name
 * @property {string} tensor
 * @property {string} alone
 * @property {string} package
 * @property {import("../tensors/shapes.js").Axes} axes
 *
 * @typedef {object} Part
 * @property {string} name
 * @property {string} tensor
 * @property {string} shape
 * @property {import("../tensors/shapes.js").Axes} axes
 * @property {string} alone
 * @property {string} package
 * @property {bigint} [row] - and what it holds, where it is the row of a state
 * @property {bigint} [layer]
 * @property {import("../tensors/shapes.js").Direction} [direction]
 * @property {bigint} [step]
 */

/**
 * @param {import("./answer.js").Rules} rules
 * @param {import("./answer.js").Answer} answer
 * @returns {{ parts: Part[], listed: bigint }} and the rows of a state that are among them
 */
export const partsOf = (rules, answer) => {
  const { kind, layout, batch_first, bidirectional, sizes, num_layers, directions } = answer;
  const layers = Number(num_layers < MAX_LAYERS ? num_layers : MAX_LAYERS);
  /** @param {Rule} rule @param {Record<string, any>} [row] @returns {Part} */
  const made = ({ name, tensor, axes, ...expressions }, row = {}) => {
    const values = { ...row, H_out: sizes.H_out };
    const [alone, withPackage] = [expressions.alone, expressions.package].map((text) =>
      fill(text, values),
    );
    const shape = tuple(evaluate(axes, sizes));
    return { name, tensor, axes, shape, alone, package: withPackage, ...row };
  };
  /** @param {Rule} rule */
  const rowsOf = (rule) =>
    Array.from({ length: layers }, (_, place) =>
      directions.map((direction, index) => {
        const layer = BigInt(place);
        const step = at(rules.cells.h_n.step[direction], answer.seq_len);
        const row = rowOf(layer, index, directions);
        return made(rule, { row, layer, direction, step });
      }),
    ).flat();
  const found = rules.parts[`${[kind, layout, batch_first, bidirectional]}`];
  return {
    parts: found.flatMap((rule) => (rule.name === "row" ? rowsOf(rule) : [made(rule)])),
    listed: BigInt(layers * directions.length),
  };
};
