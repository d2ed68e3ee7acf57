// Finds the patterns that a message follows. They are messages too: those of all releases on record.

import { keyOf, slotsBefore } from "./keys.js";

/**
 * @typedef {import("./keys.js").Key & {
 *   label: string, text: string, releases: string, type: string
 * }} Pattern
 *
 * @typedef {object} Match
 * @property {Pattern[]} patterns - one for each section, the best first
 * @property {string[]} numbers - of the message, as the patterns have them; none where they differ
 * @property {[start: number, end: number][]} places - of these numbers
 */

/** How much of the words must agree, and what it counts beside the length that does. */
const TIERS = /** @type {const} */ ([
  ["exact", 30],
  ["general", 10],
  ["ranks", 0],
]);
const SHORTEST = 8; // below that it says nothing
const SHORTEST_PART = 14; // of a message that was not pasted to its end

/**
 * @param {string} label - of the section
 * @param {[text: string, releases: string, type: string][]} messages
 * @returns {Pattern[]}
 */
export const patternsOf = (label, messages) =>
  messages.map(([text, releases, type]) => ({ label, text, releases, type, ...keyOf(text) }));

/** @typedef {{ pattern: Pattern, at: number, tier: "exact" | "general" | "ranks", points: number }} Hit */

/**
 * @param {Pattern[]} patterns
 * @param {import("./keys.js").Key} key
 * @returns {Hit[]}
 */
const hitsOf = (patterns, key) => {
  /** @type {Hit[]} */
  const hits = [];
  for (const pattern of patterns) {
    for (const [tier, bonus] of TIERS) {
      const at = pattern[tier].length < SHORTEST ? -1 : key[tier].indexOf(pattern[tier]);
      if (at < 0) continue;
      hits.push({ pattern, at, tier, points: pattern.exact.length + bonus });
      break;
    }
  }
  return hits;
};

/**
 * How much alike the numbers are: which are equal says more than what they are.
 *
 * @param {Pattern} pattern
 * @param {string[]} numbers
 */
const alike = (pattern, numbers) => {
  if (pattern.numbers.length !== numbers.length) return -1;
  const equal = numbers.map((number) => numbers.indexOf(number)).join() === pattern.equal;
  const same = numbers.filter((number, place) => number === pattern.numbers[place]).length;
  return (equal ? 100 : 0) + same;
};

/**
 * @param {Pattern[]} patterns
 * @param {string} text
 * @returns {Match | undefined}
 */
export const match = (patterns, text) => {
  const key = keyOf(text);
  const hits = hitsOf(patterns, key);
  if (!hits.length) return part(patterns, key);
  const most = Math.max(...hits.map(({ points }) => points));
  const best = hits.filter(({ points }) => points === most);
  const { tier, at, pattern } = best[0];
  const first = slotsBefore(key[tier], at);
  const fits = tier !== "ranks";
  const range = fits ? [first, first + pattern.numbers.length] : [0, 0];
  const numbers = key.numbers.slice(...range);
  const compared = fits ? numbers : key.numbers;
  const ranked = best.sort((a, b) => alike(b.pattern, compared) - alike(a.pattern, compared));
  return {
    patterns: oneOfEach(ranked.map((hit) => hit.pattern)),
    numbers,
    places: key.places.slice(...range),
  };
};

/**
 * The patterns of a message of which only a part was pasted.
 *
 * @param {Pattern[]} patterns
 * @param {import("./keys.js").Key} key
 * @returns {Match | undefined}
 */
const part = (patterns, key) => {
  if (key.exact.length < SHORTEST_PART) return undefined;
  const found = patterns.filter(({ exact }) => exact.includes(key.exact));
  return found.length ? { patterns: oneOfEach(found), numbers: [], places: [] } : undefined;
};

/** @param {Pattern[]} patterns */
const oneOfEach = (patterns) =>
  patterns.filter(({ label }, place) => patterns.findIndex((p) => p.label === label) === place);
