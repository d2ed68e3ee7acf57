// Reads a layer or a shape that was pasted: "nn.LSTM(300, 256, batch_first=True)", a printed model,
// "torch.Size([7, 4, 10])", "hidden_dim = 256". The answer is what an address of the explorer holds.

import { fieldOf, tensorOf } from "./names.js";

/**
 * @typedef {object} Rules - from Python
 * @property {Record<string, string[]>} parameters - of each kind of layer, as they stand in a call
 * @property {Record<string, boolean>} fields - of the explorer; true where it is a flag
 * @property {Record<string, string[]>} inputs - the fields that the axes of an input are, by the
 *   layout and by batch_first
 * @property {import("./names.js").Names} names
 *
 * @typedef {object} Pasted
 * @property {string} layer - as it was pasted, empty where only a shape was
 * @property {string} shape - as it was pasted, empty where only a layer was
 * @property {Record<string, string>} fields - what was read
 * @property {string[]} unread - what no field can hold, as it was pasted
 * @property {string} other - the name of what has the shape, where that is no input
 * @property {boolean} refused - the shape has no layout
 */

const LAYER = /(?<![\w.])(?:torch\.)?(?:nn\.)?(RNN|GRU|LSTM)\(((?:[^()]|\([^()]*\))*)\)/;
const NAME = String.raw`[A-Za-z_](?:[\w.]|\[-?\w*\]|\(\))*(?: +(?:shape|size))?`;
const SIZES = String.raw`(?:torch\.Size\()?[([]\s*(\d+(?:\s*,\s*\d+)*)\s*,?\s*[)\]]\)?`;
/** A shape with the name before it, if there is one: "x.shape = (7, 4, 3)", "hidden (2, 4, 5)". */
const SHAPE = new RegExp(
  String.raw`(?<![\w.])(?:(${NAME})\s*(?:[=:]\s*|\s))?(?<![\w.])${SIZES}`,
  "g",
);
const WHOLE_SHAPE = new RegExp(String.raw`^\s*(?:(${NAME})\s*[=:]\s*)?${SIZES}\s*$`);
const INPUT = ["seq_len", "batch_size"];
/** A number with its name, alone in a line or between commas. */
const NUMBER = /(?:^|[\n,;])[ \t]*(?:self\.)?(\w+)\s*[=:]\s*([\w.]+)[ \t]*(?=$|[\n,;#])/g;

/**
 * The arguments of a call: commas in brackets and texts do not divide it.
 *
 * @param {string} call
 */
const argumentsOf = (call) =>
  (call.match(/(?:[^,()[\]"']|\([^()]*\)|\[[^[\]]*\]|"[^"]*"|'[^']*')+/g) ?? [])
    .map((text) => text.trim())
    .filter(Boolean);

/**
 * What a field of the explorer holds for a value, or nothing if it can hold none.
 *
 * @param {string} value
 * @param {boolean | undefined} flag
 */
const asField = (value, flag) => {
  if (flag === undefined) return undefined;
  const fits = flag ? /^(?:True|False)$/ : /^\d[\d_]*(?:\.\d*)?$|^\.\d+$/;
  return fits.test(value) ? value.replaceAll("_", "") : undefined;
};

/**
 * Read the arguments of a call; a name has the number that the text gives it.
 *
 * @param {Pasted} read
 * @param {string} kind
 * @param {string} call
 * @param {Map<string, string>} numbers
 * @param {Rules} rules
 */
const readCall = (read, kind, call, numbers, { parameters, fields }) => {
  read.fields.kind = kind;
  for (const [place, argument] of argumentsOf(call).entries()) {
    const named = /^(\w+)\s*=\s*(.*)$/s.exec(argument);
    const name = named ? named[1] : parameters[kind][place];
    const given = named ? named[2] : argument;
    const value = asField(numbers.get(given.replace(/^self\./, "")) ?? given, fields[name]);
    if (value === undefined) read.unread.push(argument);
    else read.fields[name] = value;
  }
};

/**
 * Read the sizes of an input.
 *
 * @param {Pasted} read
 * @param {string} given
 * @param {Rules} rules
 */
const readSizes = (read, given, { inputs }) => {
  const sizes = given.split(",").map((size) => size.trim());
  const axes = inputs[`${sizes.length},${read.fields.batch_first ?? "False"}`];
  read.refused = !axes;
  for (const [place, name] of (axes ?? []).entries()) {
    const taken = read.fields[name];
    if (taken === undefined) read.fields[name] = sizes[place];
    else if (taken !== sizes[place]) read.unread.push(sizes[place]);
  }
  if (axes && !axes.includes("batch_size")) read.fields.layout = "unbatched";
};

/**
 * Read numbers with their names; a call and a shape have said more already.
 *
 * @param {Pasted} read
 * @param {Map<string, string>} numbers
 * @param {string[]} only - the fields that they may fill in
 * @param {Rules} rules
 */
const readNumbers = (read, numbers, only, { fields, names }) => {
  for (const [name, given] of numbers) {
    const field = fieldOf(names, name, (own) => Object.hasOwn(fields, own));
    if (!only.includes(field)) continue;
    const value = asField(given, fields[field]);
    if (value !== undefined && (read.fields[field] ?? value) === value) read.fields[field] = value;
    else read.unread.push(`${name} = ${given}`);
  }
};

/**
 * @param {string} text
 * @param {Rules} rules
 * @returns {Pasted | undefined} nothing where the text is none of these
 */
export const readPasted = (text, rules) => {
  const layer = LAYER.exec(text);
  const rest = layer ? text.replace(layer[0], " ") : text;
  const shapes = layer ? [...rest.matchAll(SHAPE)] : [WHOLE_SHAPE.exec(text)].filter(Boolean);
  const numbers = new Map([...rest.matchAll(NUMBER)].map(([, name, value]) => [name, value]));
  /** @type {Pasted} */
  const read = { layer: "", shape: "", fields: {}, unread: [], other: "", refused: false };
  if (layer) {
    read.layer = layer[0];
    readCall(read, layer[1], layer[2], numbers, rules);
  }
  for (const [whole, name, sizes] of shapes) {
    const isInput = !name || !tensorOf(rules.names, name);
    if (isInput && !read.shape) {
      read.shape = whole.trim();
      readSizes(read, sizes, rules);
    } else if (layer) {
      read.unread.push(whole.trim());
    } else {
      read.shape = whole.trim();
      read.other = name;
    }
  }
  const alone = !layer && !shapes.length;
  readNumbers(read, numbers, alone ? Object.keys(rules.fields) : INPUT, rules);
  if (alone && Object.keys(read.fields).length) read.layer = text.trim();
  return read.layer || read.shape ? read : undefined;
};
