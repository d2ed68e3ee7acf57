// Puts what is found into groups.

/** @typedef {import("./found.js").Found} Found */

const FIRST = 3; // so many keep their place

/**
 * What is found, by the names of groups: "answer", or the folder of the page. The best stay the
 * best: the first three are the first three of the groups too, and what would come between them is
 * left for the end.
 *
 * @param {Found[]} found
 * @param {Record<string, string>} names
 * @param {string} more - the name of what is left
 * @returns {{ name: string, items: Found[] }[]}
 */
export const grouped = (found, names, more) => {
  /** @type {Map<string, Found[]>} */
  const groups = new Map();
  /** @type {Found[]} */
  const left = [];
  let closed = /** @type {string[]} */ ([]);
  for (const [rank, one] of found.entries()) {
    const name = names[one.question ? "answer" : one.folder] ?? names[""];
    if (rank === FIRST) closed = [...groups.keys()].slice(0, -1); // all but the last
    if (closed.includes(name)) left.push(one);
    else groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  if (left.length) groups.set(more, left);
  return [...groups].map(([name, items]) => ({ name, items }));
};
