// Whether a tensor fits a layer, and what PyTorch says if it does not. The messages come from Python.

import { evaluate, tuple } from "../tensors/shapes.js";
import { fill } from "../tensors/words.js";

/**
 * @typedef {{ text: string, address: string }} Fault - a message with slots, and its section
 *
 * @typedef {object} Rules - from Python
 * @property {Record<string, Fault>} faults
 * @property {string[]} pairs - the kinds that take h_0 and c_0
 *
 * @typedef {{ symbol: string, got: bigint, wanted?: bigint }} Axis - wanted where it is wrong
 *
 * @typedef {object} Fit
 * @property {Axis[]} axes - as they are read, none where there are too many or too few
 * @property {number[]} counts - of axes that fit
 * @property {Fault} [fault] - with its slots filled
 */

/** @param {string} text @returns {bigint[] | undefined} */
export const shapeFrom = (text) => {
  const inside =
    /^\s*(?:[\w.]+\s*[=:]\s*)?(?:torch\.Size\()?\s*[([]?([\d\s,_]*)[)\]]?\s*\)?\s*$/.exec(text);
  const sizes = inside?.[1].replace(/,\s*$/, "").split(",");
  if (!sizes?.every((size) => /^\s*\d[\d_]*\s*$/.test(size))) return undefined;
  return sizes.map((size) => BigInt(size.replaceAll("_", "")));
};

/**
 * @param {Rules} rules
 * @param {string} name
 * @param {Record<string, unknown>} values
 */
const faultOf = ({ faults }, name, values) => ({
  ...faults[name],
  text: fill(faults[name].text, values),
});

/**
 * An input may have any number of steps and of sequences.
 *
 * @param {import("./answer.js").Rules} rules
 * @param {import("./answer.js").Answer} answer
 * @param {bigint[]} given
 * @returns {Fit}
 */
const fitInput = ({ fits, shapes }, { kind, batch_first, sizes }, given) => {
  const inputs = ["batched", "unbatched"].map((l) => shapes[`${[kind, l, batch_first]}`].input);
  const counts = inputs.map((axes) => axes.length);
  const axes = inputs.find(({ length }) => length === given.length);
  if (!axes)
    return { axes: [], counts, fault: faultOf(fits, `axes,${kind}`, { given: given.length }) };
  const wanted = sizes.H_in;
  const read = axes.map((symbol, place) => ({
    symbol,
    got: given[place],
    ...(symbol === "H_in" && given[place] !== wanted && { wanted }),
  }));
  const last = given[given.length - 1];
  if (last !== wanted) {
    const fault = given.includes(wanted) ? "features,elsewhere" : "features";
    return { axes: read, counts, fault: faultOf(fits, fault, { expected: wanted, given: last }) };
  }
  const empty = read.find(({ symbol, got }) => symbol === "L" && got === 0n);
  if (!empty) return { axes: read, counts };
  return {
    axes: read.map((axis) => (axis.symbol === "L" ? { ...axis, wanted: 1n } : axis)),
    counts,
    fault: faultOf(fits, "empty", {}),
  };
};

/**
 * The name of the fault of a state of the right number of axes.
 *
 * @param {string} tensor
 * @param {boolean} pair
 * @param {import("./answer.js").Answer} answer
 * @param {bigint[]} given
 * @param {bigint[]} wanted
 */
const faultOfState = (tensor, pair, answer, given, wanted) => {
  if (tensor === "c_0") return "c_0 of a pair";
  const batched = given.length === 3;
  const onlyBatch = batched && given[0] === wanted[0] && given[2] === wanted[2];
  if (pair) return onlyBatch && given[1] === answer.seq_len ? "steps" : "h_0 of a pair";
  if (batched && given[0] === wanted[1] && given[1] === wanted[0]) return "swapped";
  if (given[0] !== wanted[0]) return "rows";
  return onlyBatch ? "batch" : "size";
};

/**
 * A state belongs to the input of the form, which is not packed: the order of a packed batch is
 * applied to a state before anything is compared.
 *
 * @param {import("./answer.js").Rules} rules
 * @param {import("./answer.js").Answer} answer
 * @param {"h_0" | "c_0"} tensor
 * @param {bigint[]} given
 * @returns {Fit}
 */
const fitState = ({ fits }, answer, tensor, given) => {
  const symbols = answer.tensors[tensor];
  const wanted = evaluate(symbols, answer.sizes);
  const counts = [wanted.length];
  const pair = fits.pairs.includes(answer.kind);
  if (given.length !== wanted.length) {
    const usual = { h_0: wanted.length, c_0: wanted.length };
    const slots = { ...usual, [tensor]: given.length, given: given.length };
    const name = `${wanted.length === 2 ? "unbatched" : "batched"}${pair ? ",pair" : ""}`;
    return { axes: [], counts, fault: faultOf(fits, name, slots) };
  }
  const axes = symbols.map((symbol, place) => ({
    symbol,
    got: given[place],
    ...(given[place] !== wanted[place] && { wanted: wanted[place] }),
  }));
  if (String(given) === String(wanted)) return { axes, counts };
  // PyTorch gives an unbatched state a batch of one before it compares
  const [expected, got] = [wanted, given].map((sizes) =>
    answer.layout === "unbatched" ? [sizes[0], 1n, sizes[1]] : sizes,
  );
  const slots = { expected: tuple(expected), given: `[${got.join(", ")}]` };
  const name = faultOfState(tensor, pair, answer, given, wanted);
  return { axes, counts, fault: faultOf(fits, name, slots) };
};

/**
 * @param {import("./answer.js").Rules} rules
 * @param {import("./answer.js").Answer} answer
 * @param {string} tensor - "input", "h_0" or "c_0"
 * @param {bigint[]} given
 * @returns {Fit}
 */
export const fit = (rules, answer, tensor, given) =>
  tensor === "h_0" || tensor === "c_0"
    ? fitState(rules, answer, tensor, given)
    : fitInput(rules, answer, given);
