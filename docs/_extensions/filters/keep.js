// Which lines of the list a reader wants to see.

/**
 * @typedef {object} Line
 * @property {string} text - what it says, and the title of its group
 * @property {string} label - what happens: "raises" or another
 */

/** @param {string} text */
const plain = (text) => text.toLowerCase().replace(/[‘’`"“”]/g, "'");

/**
 * Return for each line whether it holds all words, in any order, and has the label, if any.
 *
 * @param {Line[]} lines
 * @param {string} query
 * @param {string} label
 */
export const kept = (lines, query, label) => {
  const words = plain(query).split(/\s+/).filter(Boolean);
  return lines.map((line) => {
    const text = plain(line.text);
    return (!label || line.label === label) && words.every((word) => text.includes(word));
  });
};

/**
 * @param {{ all: string, some: string, none: string }} texts
 * @param {number} found
 * @param {number} all
 */
export const said = (texts, found, all) => {
  const text = found === all ? texts.all : found ? texts.some : texts.none;
  return text.replace("{found}", String(found)).replace("{all}", String(all));
};
