// Names as people type them: "hidden_dim" is the field hidden_size, and "encoder_hidden" a state.

/**
 * @typedef {object} Names - from Python, in small letters
 * @property {Record<string, string>} fields - the field that each other name stands for
 * @property {Record<string, string>} tensors - the tensor that each name stands for; none is an input
 */

/** @param {string} name */
const plain = (name) => name.trim().toLowerCase().replaceAll("-", "_");

/**
 * The field that a name stands for, if any.
 *
 * @param {Names} names
 * @param {string} given
 * @param {(name: string) => boolean} isField
 */
export const fieldOf = ({ fields }, given, isField) => {
  const name = plain(given);
  if (isField(name)) return name;
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
};

/**
 * The tensor that a name stands for, if it is one that a layer does not take as its input:
 * "encoder_hidden[0].shape" is a state.
 *
 * @param {Names} names
 * @param {string} given
 */
export const tensorOf = ({ tensors }, given) => {
  const bare = plain(given)
    .replace(/\[[^\]]*\]|\(\)/g, "")
    .replace(/[. ]+(?:shape|size|data)$/, "");
  const words = (bare.split(".").pop() ?? "").split("_");
  const endings = words.map((_, place) => words.slice(place).join("_"));
  const known = endings.find((ending) => Object.hasOwn(tensors, ending));
  return known && tensors[known];
};
