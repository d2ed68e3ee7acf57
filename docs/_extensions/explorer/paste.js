// "Paste a layer": fields from a call, a printed model or a shape.

import { fill, inPython, together } from "../tensors/words.js";
import { readPasted } from "./pasted.js";

/**
 * The arguments that a layer has where its call names no others, as fields hold them.
 *
 * @param {Record<string, number | boolean>} defaults
 */
const usual = (defaults) =>
  Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, inPython(value)]));

/**
 * What to fill in, and what to say of it.
 *
 * @param {string} text
 * @param {import("./answer.js").Rules} rules
 * @param {Record<string, string>} texts
 * @returns {{ fields?: Record<string, string>, said: string }}
 */
export const pasted = (text, rules, texts) => {
  const read = readPasted(text, rules.pasted);
  if (!read) return { said: texts.nothing };
  const { fields, unread, refused, shape, other } = read;
  const pairs = Object.entries(fields).map(([name, value]) => `${name} ${value}`);
  const said = [
    pairs.length && fill(texts.read, { fields: pairs.join(", ") }),
    unread.length && fill(texts.unread, { arguments: unread.join(", ") }),
    refused && fill(texts.refused, { shape }),
    other && fill(texts.other, { name: other }),
  ];
  return {
    ...(pairs.length && { fields: fields.kind ? { ...usual(rules.defaults), ...fields } : fields }),
    said: together(said.filter(Boolean)),
  };
};
