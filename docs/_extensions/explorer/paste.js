// "Paste a layer": fields from a call, a printed model or a shape.

import { fill } from "../tensors/words.js";
import { readPasted } from "./pasted.js";

/**
 * What to fill in, and what to say of it.
 *
 * @param {string} text
 * @param {import("./pasted.js").Rules} rules
 * @param {Record<string, string>} texts
 * @returns {{ fields?: Record<string, string>, said: string }}
 */
export const pasted = (text, rules, texts) => {
  const read = readPasted(text, rules);
  if (!read) return { said: texts.nothing };
  const { fields, unread, refused, shape } = read;
  const pairs = Object.entries(fields).map(([name, value]) => `${name} ${value}`);
  const said = [
    pairs.length && fill(texts.read, { fields: pairs.join(", ") }),
    unread.length && fill(texts.unread, { arguments: unread.join(", ") }),
    refused && fill(texts.refused, { shape }),
  ];
  return {
    ...(pairs.length && { fields }),
    said: said.filter(Boolean).join(" "),
  };
};
