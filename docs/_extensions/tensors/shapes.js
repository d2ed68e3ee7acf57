// The rules, which come from Python, with the numbers of a layer: shapes, and descriptions to draw.

/**
 * Sizes are whole numbers of any size.
 *
 * @typedef {string[]} Axes - symbols, or products of symbols such as "D*H_out"
 * @typedef {"forward" | "backward"} Direction
 * @typedef {"time" | "batch" | "rows" | "features"} Role
 *
 * @typedef {object} Rules
 * @property {Record<string, Record<string, Axes>>} shapes - by "kind,layout,batch_first" and name
 * @property {Record<string, string>} symbols - the argument that a symbol is the value of
 * @property {Record<string, Role>} roles - by symbol; any other one counts features
 * @property {string[]} projected - the symbol that H_out is, without and with proj_size
 * @property {Direction[][]} directions - without and with bidirectional
 *
 * @typedef {object} Layer - a layer and its input
 * @property {string} kind
 * @property {string} layout
 * @property {bigint} input_size
 * @property {bigint} hidden_size
 * @property {bigint} num_layers
 * @property {bigint} proj_size
 * @property {boolean} batch_first
 * @property {boolean} bidirectional
 * @property {bigint} seq_len - of packed input the longest
 * @property {bigint} batch_size
 * @property {bigint[]} [lengths] - of packed input
 *
 * @typedef {{ symbol: string, size: bigint, role: Role }} Axis
 *
 * @typedef {object} Tensor - what a drawing needs to know
 * @property {string} name
 * @property {Axis[]} axes - in the order of the shape
 * @property {Direction[]} [directions] - side by side on the last axis, or row by row on the first
 * @property {bigint[]} [lengths] - of packed input and output, whose first axis holds all steps
 * @property {Axis[]} [padded] - the axes that these have when they are padded
 */

/**
 * An index from the start or the end, as one from the start.
 *
 * @param {number} index
 * @param {bigint} length
 */
export const at = (index, length) => (index < 0 ? length : 0n) + BigInt(index);

/** @param {(string | number | bigint)[]} axes */
export const tuple = (axes) => `(${axes.join(", ")}${axes.length === 1 ? "," : ""})`;

/** @param {bigint[]} factors */
export const product = (factors) => factors.reduce((total, factor) => total * factor, 1n);

/** @param {bigint[]} numbers */
export const longest = (numbers) => numbers.reduce((a, b) => (a > b ? a : b));

/**
 * The sizes of a packed batch, which are those of its sequences.
 *
 * @param {bigint[]} lengths
 */
export const batchOf = (lengths) => ({
  seq_len: longest(lengths),
  batch_size: BigInt(lengths.length),
});

/**
 * The number that each symbol stands for.
 *
 * @param {Rules} rules
 * @param {Layer} layer
 * @returns {Record<string, bigint>}
 */
export const sizesOf = (rules, layer) => {
  const values = /** @type {Record<string, any>} */ (layer);
  /** @type {Record<string, bigint>} */
  const sizes = { D: BigInt(rules.directions[Number(layer.bidirectional)].length) };
  for (const [symbol, name] of Object.entries(rules.symbols)) sizes[symbol] = values[name];
  sizes.H_out = sizes[rules.projected[Number(layer.proj_size > 0n)]];
  if (layer.lengths) sizes["sum(lengths)"] = layer.lengths.reduce((a, b) => a + b);
  return sizes;
};

/**
 * The numbers of axes that are written in symbols.
 *
 * @param {Axes} axes
 * @param {Record<string, bigint>} sizes
 */
export const evaluate = (axes, sizes) =>
  axes.map((axis) => product(axis.split("*").map((factor) => sizes[factor] ?? BigInt(factor))));

/**
 * What an axis counts, by the symbols in it.
 *
 * @param {string} symbol
 * @param {Record<string, Role>} roles
 */
export const roleOf = (symbol, roles) =>
  symbol
    .split("*")
    .map((factor) => roles[factor])
    .find(Boolean) ?? "features";

/**
 * The key of the shapes that a layer has.
 *
 * @param {Pick<Layer, "kind" | "layout" | "batch_first">} layer
 */
export const keyOf = ({ kind, layout, batch_first }) => `${[kind, layout, batch_first]}`;

/** @param {unknown} value */
const exact = (value) => (Number.isInteger(value) ? BigInt(/** @type {number} */ (value)) : value);

/**
 * A layer whose sizes came as JSON, which knows no exact numbers.
 *
 * @param {Record<string, unknown>} values
 * @returns {Layer}
 */
export const layerFrom = (values) => {
  const entries = Object.entries(values).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map(exact) : exact(value),
  ]);
  const layer = Object.fromEntries(entries);
  return layer.lengths ? { ...layer, ...batchOf(layer.lengths) } : layer;
};

/**
 * Every tensor of a layer, by its name.
 *
 * @param {Rules} rules
 * @param {Layer} layer
 * @returns {Record<string, Tensor>}
 */
export const describe = (rules, layer) => {
  const sizes = sizesOf(rules, layer);
  /** @param {Axes} symbols @returns {Axis[]} */
  const axesOf = (symbols) => {
    const numbers = evaluate(symbols, sizes);
    return symbols.map((symbol, index) => ({
      symbol,
      size: numbers[index],
      role: roleOf(symbol, rules.roles),
    }));
  };
  const padded = rules.shapes[keyOf({ ...layer, layout: "batched" })];
  const directions = rules.directions[Number(layer.bidirectional)];
  /** @param {string} name @param {Axes} symbols @returns {Tensor} */
  const tensorOf = (name, symbols) => {
    const axes = axesOf(symbols);
    const directed = symbols.some((symbol) => symbol.split("*").includes("D"));
    const packed = layer.lengths && axes[0].role === "time";
    return {
      name,
      axes,
      ...(directed && { directions }),
      ...(packed && { lengths: layer.lengths, padded: axesOf(padded[name]) }),
    };
  };
  return Object.fromEntries(
    Object.entries(rules.shapes[keyOf(layer)]).map(([name, axes]) => [name, tensorOf(name, axes)]),
  );
};

/**
 * Tensors by their drawing: those of one shape and with the same directions, such as h_n and c_n,
 * are drawn once.
 *
 * @param {Tensor[]} tensors
 * @returns {Tensor[][]}
 */
export const groupsOf = (tensors) => {
  /** @type {Map<string, Tensor[]>} */
  const groups = new Map();
  for (const tensor of tensors) {
    const axes = tensor.axes.map(({ size, role }) => `${role} ${size}`);
    const key = [...axes, ...(tensor.directions ?? [])].join();
    groups.set(key, [...(groups.get(key) ?? []), tensor]);
  }
  return [...groups.values()];
};
