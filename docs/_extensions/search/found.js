// A section that was found, in the words of an edition.

/**
 * @typedef {import("./data.js").Index} Index
 * @typedef {import("./data.js").Question} Question
 *
 * @typedef {object} Found
 * @property {string} address
 * @property {string} label - the section, empty for the top of a page
 * @property {string} heading
 * @property {string} page
 * @property {string} folder - of the page
 * @property {string?} question - what was asked, where the section answers it
 * @property {number} number - of the question in its section
 * @property {boolean} hasCode - a line of code answers it
 */

/**
 * @param {Index} index
 * @param {number} section
 * @param {Question?} asked
 * @returns {Found}
 */
export const describe = ({ pages, sections }, section, asked) => {
  const [place, anchor, heading, , questions] = sections[section];
  const made = heading.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const label = anchor === 0 ? made.replace(/^[-\d]+|-$/g, "") : anchor;
  const [address, page, folder] = pages[place];
  return {
    address: label ? `${address}#${label}` : address,
    label,
    heading,
    page,
    folder,
    question: asked ? asked[0] : null,
    number: asked ? questions.indexOf(asked) : 0,
    hasCode: Boolean(asked && !asked[1]),
  };
};

/**
 * What the index of one edition has found, as another edition says it, where it has the section.
 *
 * @param {Index} index - of the other edition
 * @param {Found[]} found
 * @returns {Found[]}
 */
export const saidIn = (index, found) => {
  const said = new Map(index.sections.map((_, i) => [describe(index, i, null).address, i]));
  return found.flatMap((one) => {
    const section = said.get(one.address);
    if (section === undefined) return [];
    const question = one.question ? index.sections[section][4][one.number] : null;
    return [describe(index, section, question ?? null)];
  });
};
