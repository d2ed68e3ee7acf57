// Reads a layer or a shape that was pasted: "nn.LSTM(300, 256, batch_first=True)", a printed model,
// "torch.Size([7, 4, 10])". The answer is what an address of the explorer holds.

/**
 * @typedef {object} Rules - from Python
 * @property {Record<string, string[]>} parameters - of each kind of layer, as they stand in a call
 * @property {Record<string, boolean>} fields - of the explorer; true where it is a flag
 * @property {Record<string, string[]>} inputs - the fields that the axes of an input are, by the
 *   layout and by batch_first
 *
 * @typedef {object} Pasted
 * @property {string} layer - as it was pasted, empty where only a shape was
 * @property {string} shape - as it was pasted, empty where only a layer was
 * @property {Record<string, string>} fields - what was read
 * @property {string[]} unread - the arguments that no field can hold, as they were pasted
 * @property {boolean} refused - the shape has no layout
 */

const LAYER = /(?<![\w.])(?:torch\.)?(?:nn\.)?(RNN|GRU|LSTM)\(((?:[^()]|\([^()]*\))*)\)/;
const SHAPE = /(?<![\w.])(?:torch\.Size\()?[([]\s*(\d+(?:\s*,\s*\d+)*)\s*,?\s*[)\]]\)?/;
const WHOLE_SHAPE = new RegExp(String.raw`^\s*(?:[\w.]+\s*[=:]\s*)?${SHAPE.source}\s*$`);

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
 * @param {string} text
 * @param {Rules} rules
 * @returns {Pasted | undefined} nothing where the text is neither
 */
export const readPasted = (text, { parameters, fields, inputs }) => {
  const layer = LAYER.exec(text);
  const shape = layer ? SHAPE.exec(text.replace(layer[0], " ")) : WHOLE_SHAPE.exec(text);
  if (!layer && !shape) return undefined;
  /** @type {Pasted} */
  const read = {
    layer: layer?.[0] ?? "",
    shape: shape?.[0].trim() ?? "",
    fields: {},
    unread: [],
    refused: false,
  };
  if (layer) {
    const [, kind, call] = layer;
    read.fields.kind = kind;
    for (const [place, argument] of argumentsOf(call).entries()) {
      const named = /^(\w+)\s*=\s*(.*)$/s.exec(argument);
      const name = named ? named[1] : parameters[kind][place];
      const value = asField(named ? named[2] : argument, fields[name]);
      if (value === undefined) read.unread.push(argument);
      else read.fields[name] = value;
    }
  }
  if (shape) {
    const sizes = shape[1].split(",").map((size) => size.trim());
    const axes = inputs[`${sizes.length},${read.fields.batch_first ?? "False"}`];
    read.refused = !axes;
    for (const [place, name] of (axes ?? []).entries()) {
      const taken = read.fields[name];
      if (taken === undefined) read.fields[name] = sizes[place];
      else if (taken !== sizes[place]) read.unread.push(sizes[place]);
    }
    if (axes && !axes.includes("batch_size")) read.fields.layout = "unbatched";
  }
  return read;
};
