// Finds sections for a query: a few words, a whole question, or a pasted message of an error.

/**
 * @typedef {object} Data - as the build of the site writes it
 * @property {[address: string, title: string][]} pages
 * @property {[page: number, anchor: string, heading: string, excerpt: string][]} sections
 * @property {number[]} lengths - different words of each section
 * @property {[section: number, text: string][]} otherHeadings - what else a section is called
 * @property {string[]} common - words that stand nearly everywhere
 * @property {Record<string, number[]>} words - the first section that holds a word, and how far the
 *   next one is
 *
 * @typedef {object} Heading
 * @property {number} section
 * @property {Set<string>} stems
 * @property {string} numbers - which of them are equal
 * @property {string[]} runs - neighbouring words, two and three
 *
 * @typedef {Map<string, Set<number>>} Stems - the sections that hold a word
 * @typedef {Data & { stems: Stems, headings: Heading[], meanLength: number }} Index
 *
 * @typedef {object} Found
 * @property {string} address
 * @property {string} label - the section, empty for the top of a page
 * @property {string} heading
 * @property {string} page
 * @property {string} excerpt
 *
 * @typedef {{ found: Found[], sure: boolean }} Answer - not sure: these are only the nearest
 */

const LENGTH_COUNTS = 0.3; // how much less a word says in a section of twice as many words
const HEADING_COUNTS = 1; // a heading that says the same, beside a text that does
const COMMON_COUNTS = 0.2; // what a word says that stands nearly everywhere
const PER_PAGE = 4;
const SURE = 0.45; // the part of what the words count that a heading or text must hold

/** @param {string} text */
const wordsOf = (text) => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];

/**
 * What words of one meaning share: "pads", "padded" and "padding" are "pad".
 *
 * @param {string} word
 */
const stemOf = (word) => {
  if (word.length < 5 || word.includes("_")) return word.replace(/(?<=\w{2}[^s])s$/, "");
  const cut = word.replace(/(?:ational|ation|ions?|ings?|edly|ed|ies|es|s|ers?|ly|al)$/, "");
  const stem = cut.length < 3 ? word : cut;
  return stem.replace(/([bdgmnprt])\1$/, "$1").replace(/[ey]$/, "");
};

/**
 * The runs of neighbouring words of a text, numbers too: only they tell "3 dimensions, got 2" from "2
 * dimensions, got 3".
 *
 * @param {string} text
 * @param {number} length
 */
const runsOf = (text, length) => {
  const words = wordsOf(text);
  return words.slice(length - 1).map((_, i) => words.slice(i, i + length).join(" "));
};

/**
 * Which numbers of a message are equal: "(1, 7, 5), got (1, 4, 5)" and "(2, 9, 8), got (2, 6, 8)" are
 * one mistake.
 *
 * @param {string} text
 */
const equalNumbers = (text) => {
  const numbers = text.match(/\d+/g) ?? [];
  return numbers.length > 3 ? numbers.map((number) => numbers.indexOf(number)).join() : "";
};

/**
 * Prepare the data for any number of searches.
 *
 * @param {Data} data
 * @returns {Index}
 */
export const prepare = (data) => {
  /** @type {Stems} */
  const stems = new Map();
  for (const [word, distances] of Object.entries(data.words)) {
    const stem = stemOf(word);
    const sections = stems.get(stem) ?? new Set();
    let section = 0;
    for (const distance of distances) {
      section += distance;
      sections.add(section);
    }
    stems.set(stem, sections);
  }
  const own = data.sections.map(([, , heading], section) => [section, heading]);
  const headings = [...own, ...data.otherHeadings].map(([section, text]) => ({
    section: Number(section),
    stems: new Set(wordsOf(String(text)).filter(isWord).map(stemOf)),
    numbers: equalNumbers(String(text)),
    runs: [...runsOf(String(text), 2), ...runsOf(String(text), 3)],
  }));
  const meanLength = data.lengths.reduce((sum, length) => sum + length, 0) / data.lengths.length;
  return { ...data, stems, headings, meanLength };
};

/** @param {string} word */
const isWord = (word) => /[^\d]/.test(word);

/**
 * The stems of a query that the index knows, or else their parts, or what is spelt nearly so.
 *
 * @param {Index} index
 * @param {string} word
 * @returns {string[]}
 */
const known = (index, word) => {
  const stem = stemOf(word);
  if (index.stems.has(stem)) return [stem];
  const parts = word.split("_").map(stemOf);
  if (parts.length > 1) return parts.filter((part) => index.stems.has(part));
  const longer = [...index.stems.keys()];
  const begin = word.length > 2 ? longer.filter((other) => other.startsWith(word)) : [];
  if (begin.length) return begin.slice(0, 5);
  return word.length > 4 ? longer.filter((other) => isNearly(stem, other)).slice(0, 3) : [];
};

/**
 * Is one letter missing, too many, or another one, or are two of them swapped?
 *
 * @param {string} a
 * @param {string} b
 */
const isNearly = (a, b) => {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  if (restA.slice(1) === restB || restA === restB.slice(1)) return true;
  if (restA.slice(1) === restB.slice(1)) return true;
  return restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
};

/**
 * @param {Index} index
 * @param {string} query
 * @returns {Answer} the best first
 */
export const search = (index, query) => {
  const { sections, stems, headings, lengths, meanLength } = index;
  /** @type {Map<string, number>} */
  const rarity = new Map();
  let most = 0; // what the words count that a perfect section would hold
  const asked = wordsOf(query).filter((word) => isWord(word) && !index.common.includes(word));
  for (const word of wordsOf(query).filter((word) => index.common.includes(word))) {
    if (!rarity.has(stemOf(word))) most += COMMON_COUNTS;
    rarity.set(stemOf(word), COMMON_COUNTS); // in a heading alone
  }
  const joined = runsOf(query, 2)
    .filter((pair) => !/\d/.test(pair))
    .flatMap((pair) => [pair.replace(" ", "_"), pair.replace(" ", "")]);
  const names = joined.filter((name) => Object.hasOwn(index.words, name)); // "batch first"
  for (const word of new Set([...asked, ...names])) {
    const found = known(index, word);
    if (!found.length) most += Math.log(sections.length) / 2;
    for (const stem of found) {
      if (rarity.has(stem)) continue;
      const inSections = stems.get(stem)?.size ?? 1;
      const points = Math.log(1 + sections.length / inSections) / found.length;
      rarity.set(stem, points);
      most += points;
    }
  }
  const scores = new Array(sections.length).fill(0);
  const held = new Array(sections.length).fill(0);
  for (const [stem, points] of rarity) {
    for (const section of stems.get(stem) ?? []) {
      const long = Math.max(0, Math.log2(lengths[section] / meanLength));
      scores[section] += points / (1 + LENGTH_COUNTS * long);
      held[section] += points;
    }
  }
  const numbers = equalNumbers(query);
  const neighbours = new Set([...runsOf(query, 2), ...runsOf(query, 3)]);
  const best = new Array(sections.length).fill(0);
  for (const heading of headings) {
    const shared = [...heading.stems].filter((stem) => rarity.has(stem));
    if (!shared.length) continue;
    const rare = shared.reduce((sum, stem) => sum + (rarity.get(stem) ?? 0), 0);
    const closeness = (1 + shared.length / heading.stems.size) / 2; // does it say much else?
    const covered = rare / most; // does the query?
    const inOrder = heading.runs.filter((run) => neighbours.has(run)).length;
    const order = inOrder / Math.max(1, heading.runs.length);
    const sameNumbers = heading.numbers !== "" && heading.numbers === numbers ? 1.3 : 1;
    const points = sameNumbers * closeness * rare * (1 + covered) * (1 + order ** 2);
    best[heading.section] = Math.max(best[heading.section], points);
  }
  const total = scores.map((score, section) => score + HEADING_COUNTS * best[section]);
  const ranked = [...total.keys()]
    .filter((section) => total[section] > Math.max(...total) / 3)
    .sort((a, b) => total[b] - total[a]);
  const first = ranked.length ? held[ranked[0]] : 0;
  return { found: atMostOfAPage(index, ranked), sure: first >= SURE * most };
};

/**
 * @param {Index} index
 * @param {number[]} ranked
 * @returns {Found[]}
 */
const atMostOfAPage = ({ pages, sections }, ranked) => {
  /** @type {Map<number, number>} */
  const taken = new Map();
  const found = [];
  for (const section of ranked) {
    const [page, label, heading, excerpt] = sections[section];
    const before = taken.get(page) ?? 0;
    taken.set(page, before + 1);
    if (before >= PER_PAGE || found.length === 15) continue;
    const [address, title] = pages[page];
    found.push({
      address: label ? `${address}#${label}` : address,
      label,
      heading,
      page: title,
      excerpt,
    });
  }
  return found;
};
