// Reads what an address says of the fields, tolerantly: "?kind=lstm" and "#kind=lstm" say the same.

import { fieldOf, tensorOf } from "./names.js";

/**
 * @typedef {object} Kept - what a field takes
 * @property {string} name
 * @property {string[]} [options] - the values to choose from
 * @property {boolean} flag
 *
 * @typedef {object} Read
 * @property {boolean} named - whether the address speaks of fields at all
 * @property {Record<string, string>} values
 * @property {[name: string, value: string][]} unknown - what was not understood
 */

/** @type {Record<string, string>} */
const FLAGS = { true: "True", 1: "True", yes: "True", on: "True", "": "True" };
for (const no of ["false", "0", "no", "off"]) FLAGS[no] = "False";

/**
 * The value of a field, or nothing if it can hold none.
 *
 * @param {Kept} field
 * @param {string} given
 * @param {boolean} own - whether it was given by the name of the field; "hidden" may be a state too
 */
const taken = ({ options, flag }, given, own) => {
  const plain = given.trim().toLowerCase();
  if (flag) return Object.hasOwn(FLAGS, plain) ? FLAGS[plain] : undefined;
  if (!options) return own || /^\d+$/.test(plain) ? given : undefined;
  const bare = plain.replace(/^(?:torch\.)?nn\./, "");
  return options.find((option) => option.toLowerCase() === bare);
};

/**
 * @param {string} query - of the address, with its question mark
 * @param {string} hash - with its sign
 * @param {Kept[]} fields
 * @param {import("./names.js").Names} names
 * @returns {Read}
 */
export const readAddress = (query, hash, fields, names) => {
  const byName = new Map(fields.map((field) => [field.name, field]));
  /** @param {string} name */
  const fieldNamed = (name) => byName.get(fieldOf(names, name, (own) => byName.has(own)));
  /** @param {string} name */
  const known = (name) => Boolean(fieldNamed(name) ?? tensorOf(names, name));
  const asked = [...new URLSearchParams(query)];
  const pairs = [
    ...(asked.some(([name]) => known(name)) ? asked : []), // or it is about something else
    ...(hash.includes("=") ? new URLSearchParams(hash.slice(1)) : []),
  ];
  /** @type {Read} */
  const read = { named: pairs.some(([name]) => known(name)), values: {}, unknown: [] };
  /** @param {string} name */
  const isOwn = (name) => byName.has(name.trim().toLowerCase());
  for (const [name, value] of [...pairs].sort(([a], [b]) => +isOwn(b) - +isOwn(a))) {
    const field = fieldNamed(name);
    const held = field && taken(field, value, isOwn(name));
    const clashes = !isOwn(name) && (read.values[field?.name] ?? held) !== held;
    if (held === undefined || clashes) read.unknown.push([name, value]);
    else read.values[field.name] = held;
  }
  return read;
};
