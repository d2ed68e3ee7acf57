// What the explorer answers: the rules, which come from Python, with the numbers of the fields.

/**
 * Sizes are whole numbers of any size.
 *
 * @typedef {string[]} Axes - symbols, or products of symbols such as "D*H_out"
 * @typedef {"forward" | "backward"} Direction
 * @typedef {Partial<Record<"layer" | "step", Record<Direction, number>>>} Cells - -1 is the last
 *
 * @typedef {object} Rules
 * @property {Record<string, Record<string, Axes>>} shapes
 * @property {Record<string, Record<string, Axes>[]>} parameters - of the first layer, of the others
 * @property {Record<string, string>} symbols - the argument that a symbol is the value of
 * @property {string[]} projected - the symbol that H_out is, without and with proj_size
 * @property {Direction[][]} directions - without and with bidirectional
 * @property {Record<string, Cells>} cells - the cells that a tensor holds or that read it
 * @property {Record<string, [string, string[] | number]>} applies - where a field has an effect
 * @property {Record<string, number>} minima
 * @property {string} layer
 * @property {Record<string, number | boolean>} defaults
 * @property {Record<string, string[]>} lines
 * @property {number} bytes - of one number
 *
 * @typedef {object} State - what stands in the fields
 * @property {string} kind
 * @property {string} layout
 * @property {bigint} input_size
 * @property {bigint} hidden_size
 * @property {bigint} num_layers
 * @property {bigint} proj_size
 * @property {number} dropout
 * @property {boolean} bias
 * @property {boolean} batch_first
 * @property {boolean} bidirectional
 * @property {bigint} seq_len
 * @property {bigint} batch_size
 * @property {bigint[]} [lengths]
 *
 * @typedef {object} Parameter
 * @property {string} name
 * @property {Axes} axes
 * @property {string} shape
 * @property {bigint} numbers
 *
 * @typedef {object} Result
 * @property {string} layer - the call that makes it
 * @property {Direction[]} directions
 * @property {Record<string, bigint>} sizes - by symbol
 * @property {Record<string, Axes>} tensors
 * @property {Record<string, string>} shapes
 * @property {Parameter[]} parameters - of the layers that are listed
 * @property {number} listed - layers
 * @property {bigint} count - of the numbers in all parameters
 * @property {string} code
 *
 * @typedef {State & Result} Answer
 */

const MAX_LISTED = 64; // layers in the lists

/**
 * Fill in the fields of a template.
 *
 * @param {string} template
 * @param {Record<string, unknown>} values
 */
export const fill = (template, values) =>
  template.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));

/**
 * An index from the start or the end, as a number of steps or layers from the start.
 *
 * @param {number} index
 * @param {bigint} length
 */
export const at = (index, length) => (index < 0 ? length : 0n) + BigInt(index);

/**
 * The row of a state that a layer fills in a direction.
 *
 * @param {bigint} layer
 * @param {number} direction
 * @param {Direction[]} directions
 */
export const rowOf = (layer, direction, directions) =>
  layer * BigInt(directions.length) + BigInt(direction);

/** @param {(string | bigint)[]} axes */
export const tuple = (axes) => `(${axes.join(", ")}${axes.length === 1 ? "," : ""})`;

/** @param {bigint[]} factors */
const product = (factors) => factors.reduce((total, factor) => total * factor, 1n);

/**
 * @param {Rules} rules
 * @param {State} state
 */
const call = (rules, state) => {
  const values = /** @type {Record<string, any>} */ (state);
  /** @type {Record<string, string>} */
  const python = { true: "True", false: "False" };
  const given = [String(state.input_size), String(state.hidden_size)];
  for (const [name, usual] of Object.entries(rules.defaults)) {
    const value = String(values[name]);
    if (value !== String(usual)) given.push(`${name}=${python[value] ?? value}`);
  }
  return fill(rules.layer, { kind: state.kind, arguments: given.join(", ") });
};

/**
 * The number that each symbol stands for.
 *
 * @param {Rules} rules
 * @param {State} state
 * @returns {Record<string, bigint>}
 */
const sizesOf = (rules, state) => {
  const values = /** @type {Record<string, any>} */ (state);
  /** @type {Record<string, bigint>} */
  const sizes = { D: BigInt(rules.directions[Number(state.bidirectional)].length) };
  for (const [symbol, name] of Object.entries(rules.symbols)) sizes[symbol] = values[name];
  sizes.H_out = sizes[rules.projected[Number(state.proj_size > 0n)]];
  if (state.lengths) sizes["sum(lengths)"] = state.lengths.reduce((a, b) => a + b);
  return sizes;
};

/**
 * @param {Rules} rules
 * @param {State} state
 * @returns {Answer}
 */
export const answer = (rules, state) => {
  const { kind, layout, num_layers, bidirectional } = state;
  const sizes = sizesOf(rules, state);
  /** @param {Axes} axes */
  const evaluate = (axes) =>
    axes.map((axis) => product(axis.split("*").map((factor) => sizes[factor] ?? BigInt(factor))));
  /** @param {Axes} axes */
  const numbers = (axes) => product(evaluate(axes));

  const tensors = rules.shapes[`${[kind, layout, state.batch_first]}`];
  const shapes = Object.fromEntries(
    Object.entries(tensors).map(([name, axes]) => [name, tuple(evaluate(axes))]),
  );

  const groups = rules.parameters[`${[kind, state.bias, bidirectional, state.proj_size > 0n]}`];
  const listed = Number(num_layers < MAX_LISTED ? num_layers : MAX_LISTED);
  const parameters = Array.from({ length: listed }, (_, layer) =>
    Object.entries(groups[layer ? 1 : 0]).map(([name, axes]) => ({
      name: fill(name, { layer }),
      axes,
      shape: tuple(evaluate(axes)),
      numbers: numbers(axes),
    })),
  ).flat();
  const [first, above] = groups.map((group) =>
    Object.values(group).reduce((total, axes) => total + numbers(axes), 0n),
  );

  const layer = call(rules, state);
  const values = {
    ...shapes,
    layer,
    input_size: state.input_size,
    lengths: state.lengths?.join(", "),
  };
  return {
    ...state,
    layer,
    directions: rules.directions[Number(bidirectional)],
    sizes,
    tensors,
    shapes,
    parameters,
    listed,
    count: first + (num_layers - 1n) * above,
    code: rules.lines[`${[kind, layout, bidirectional]}`]
      .map((line) => fill(line, values))
      .join("\n"),
  };
};
