// Finds sections for a query: a few words, a whole question, or a pasted message of an error.

import { prepare } from "./data.js";
import { describe } from "./found.js";
import { BEFORE_MESSAGE, equalNumbers, isChinese, isNearly, isWord, runsOf } from "./words.js";

export { prepare };

/**
 * @typedef {import("./data.js").Index} Index
 * @typedef {import("./data.js").Question} Question
 * @typedef {import("./found.js").Found} Found
 *
 * @typedef {object} Answer
 * @property {Found[]} found
 * @property {boolean} sure - or else these are only the nearest
 * @property {boolean} named - the first is called so, in the language of the index or in code
 */

const LENGTH_COUNTS = 0.3; // how much less a word says in a section of twice as many words
const HEADING_COUNTS = 1; // a heading that says the same, beside a text that does
const COMMON_COUNTS = 0.2; // what a word says that stands nearly everywhere
const CHARACTER_COUNTS = 0.4; // a Chinese character alone, beside a word
const ASKED = 0.6; // the same of a question, where its answer is shown
const NEAR = 0.3; // the points of a question, beside those of a heading of its section
const ENOUGH = 0.25; // the points of the last section, beside those of the first
const PER_PAGE = 4;
const MOST = 8;
const SURE = 0.45; // the part of what the words count that a heading or text must hold
const NAMED = 0.7; // the part that one heading must hold to name what was asked

/**
 * The stems of a query that the index knows, or else their parts, or what is spelt nearly so.
 *
 * @param {Index} index
 * @param {string} word
 * @returns {string[]}
 */
const known = ({ stems, stemOf }, word) => {
  const stem = stemOf(word);
  if (stems.has(stem)) return [stem];
  const every = [...stems.keys()];
  const nearly = every.filter((other) => word.length > 4 && isNearly(stem, other)).slice(0, 3);
  if (word.includes("_")) {
    const parts = word.split("_").map(stemOf);
    return nearly.length ? nearly : parts.filter((part) => stems.has(part));
  }
  const begin = every.filter((other) => word.length > 2 && other.startsWith(word)).slice(0, 5);
  return begin.length ? begin : nearly;
};

/**
 * What each word of a query counts, the more the rarer it is, and what all of them would.
 *
 * @param {Index} index
 * @param {string} query
 */
const weigh = (index, query) => {
  const { sections, stemOf, cut, stems, common, often } = index;
  const words = cut(query);
  /** @type {Map<string, number>} */
  const weights = new Map();
  let most = 0;
  for (const word of words.filter((word) => common.has(word))) {
    if (!weights.has(stemOf(word))) most += COMMON_COUNTS;
    weights.set(stemOf(word), COMMON_COUNTS); // in a heading alone
  }
  const rare = words.filter((word) => isWord(word) && !common.has(word));
  const joined = runsOf(query, 2)
    .filter((pair) => !/\d/.test(pair))
    .flatMap((pair) => [pair.replace(" ", "_"), pair.replace(" ", "")]);
  const names = joined.filter((name) => stems.has(stemOf(name)) && !common.has(name)); // "batch first"
  for (const word of new Set([...rare, ...names])) {
    const found = known(index, word);
    if (!found.length) most += Math.log(sections.length) / 2;
    for (const stem of found.filter((stem) => !weights.has(stem))) {
      const inSections = often[stem] ?? stems.get(stem)?.size ?? 1;
      const alone = word.length === 1 && isChinese(word) ? CHARACTER_COUNTS : 1;
      const points = (alone * Math.log(1 + sections.length / inSections)) / found.length;
      weights.set(stem, points);
      if (rare.includes(word)) most += points; // a name says once more what its parts say
    }
  }
  return { weights, most };
};

/**
 * The points of each section for its words, and the same without a look at its length.
 *
 * @param {Index} index
 * @param {Map<string, number>} weights
 */
const textPoints = ({ sections, stems, lengths, meanLength }, weights) => {
  const points = new Array(sections.length).fill(0);
  const held = new Array(sections.length).fill(0);
  for (const [stem, weight] of weights) {
    for (const section of stems.get(stem) ?? []) {
      const long = Math.max(0, Math.log2(lengths[section] / meanLength));
      points[section] += weight / (1 + LENGTH_COUNTS * long);
      held[section] += weight;
    }
  }
  return { points, held };
};

/**
 * The points of each section for the best of its headings, and the question that is nearest.
 *
 * @param {Index} index
 * @param {string} query
 * @param {{ weights: Map<string, number>, most: number }} weighed
 */
const headingPoints = ({ sections, headings }, query, { weights, most }) => {
  const numbers = equalNumbers(query);
  const neighbours = new Set([...runsOf(query, 2), ...runsOf(query, 3)]);
  const best = new Array(sections.length).fill(0);
  const covers = new Array(sections.length).fill(0);
  /** @type {Map<number, { points: number, question: Question }>} */
  const asked = new Map();
  for (const heading of headings) {
    const shared = [...heading.stems].filter((stem) => weights.has(stem));
    if (!shared.length) continue;
    const weight = shared.reduce((sum, stem) => sum + (weights.get(stem) ?? 0), 0);
    const closeness = (1 + shared.length / heading.stems.size) / 2; // does it say much else?
    const covered = weight / most; // does the query?
    const inOrder = heading.runs.filter((run) => neighbours.has(run)).length;
    const order = inOrder / Math.max(1, heading.runs.length);
    const sameNumbers = heading.numbers !== "" && heading.numbers === numbers ? 1.3 : 1;
    const points = sameNumbers * closeness * weight * (1 + covered) * (1 + order ** 2);
    const { section, question } = heading;
    best[section] = Math.max(best[section], points);
    covers[section] = Math.max(covers[section], covered);
    if (!question || covered < ASKED || points <= (asked.get(section)?.points ?? 0)) continue;
    asked.set(section, { points, question });
  }
  return { best, covers, asked };
};

/**
 * @param {Index} index
 * @param {string} pasted
 * @returns {Answer} the best first
 */
export const search = (index, pasted) => {
  const query = pasted.replace(BEFORE_MESSAGE, "");
  const weighed = weigh(index, query);
  const { points, held } = textPoints(index, weighed.weights);
  const { best, covers, asked } = headingPoints(index, query, weighed);
  const total = points.map((ofText, section) => ofText + HEADING_COUNTS * best[section]);
  const enough = Math.max(...total) * ENOUGH;
  const ranked = [...total.keys()]
    .filter((section) => total[section] > enough)
    .sort((a, b) => total[b] - total[a]);
  const found = atMostOfAPage(index, ranked).map((section) => {
    const nearest = asked.get(section);
    const isNear = nearest && nearest.points > best[section] * NEAR;
    return describe(index, section, isNear ? nearest.question : null);
  });
  const sure = ranked.length > 0 && held[ranked[0]] >= SURE * weighed.most;
  return { found, sure, named: sure && covers[ranked[0]] >= NAMED };
};

/**
 * @param {Index} index
 * @param {number[]} ranked
 */
const atMostOfAPage = ({ sections }, ranked) => {
  /** @type {Map<number, number>} */
  const taken = new Map();
  const few = ranked.filter((section) => {
    const [page] = sections[section];
    taken.set(page, (taken.get(page) ?? 0) + 1);
    return Number(taken.get(page)) <= PER_PAGE;
  });
  return few.slice(0, MOST);
};
