// Explains a message: the sections that know it, with the reader's own numbers. It is plain data.

import { fill } from "../tensors/words.js";
import { causesOf } from "./causes.js";
import { extract } from "./extract.js";
import { match, patternsOf } from "./match.js";

/**
 * @typedef {object} Section
 * @property {string} page - its address
 * @property {string} heading
 * @property {[text: string, releases: string, type: string][]} messages - of all releases
 * @property {string} verb - "raises", "warns" or "ends"
 * @property {string} [says] - its first sentences
 * @property {string} [wrong] - the line that fails
 * @property {string} [right] - the line that repairs it
 *
 * @typedef {object} Data - as the build of the site writes it
 * @property {Record<string, Section>} sections
 * @property {(import("./causes.js").Family & { axes: string[] })[]} families
 * @property {Record<string, Record<string, string>>} kinds - words of a kind of layer
 * @property {Record<string, string>} texts
 * @property {import("../explorer/pasted.js").Rules} rules
 * @property {import("./layer.js").Shapes} shapes
 *
 * @typedef {Data & {
 *   known: import("./match.js").Pattern[], byForm: Map<string, Data["families"][number]>
 * }} Guide
 *
 * @typedef {object} Part - of a message: text, or a number
 * @property {string} text
 * @property {string} [axis] - the number's
 * @property {boolean} [fault] - it is the wrong one
 *
 * @typedef {Section & Partial<import("./causes.js").Cause> & {
 *   label: string, address: string, releases: string, kind: string,
 *   named?: import("./causes.js").Named
 * }} Answer
 *
 * @typedef {{ type: string, parts: Part[], answers: Answer[] }} Explanation
 */

const LONGEST = 300; // characters of a message that are shown behind its last number

/** @param {{ general: string, numbers: string[] }} pattern */
const formOf = ({ general, numbers }) => `${numbers.length} ${general}`;

/**
 * @param {Data} data
 * @returns {Guide}
 */
export const prepare = (data) => {
  const known = Object.entries(data.sections).flatMap(([label, { messages }]) =>
    patternsOf(label, messages),
  );
  const byForm = new Map();
  for (const family of data.families) {
    for (const pattern of known) {
      const fits = pattern.numbers.length === family.slots.length;
      if (fits && family.of.includes(pattern.label)) byForm.set(formOf(pattern), family);
    }
  }
  return { ...data, known, byForm };
};

/**
 * The kind of layer that a message speaks of, as far as its words tell.
 *
 * @param {string} text
 */
const kindOf = (text) => {
  if (/lstm|hidden\[|hx\[|\bcx\b|hidden1/i.test(text)) return "LSTM";
  return /\bRNN(?:Cell)?\b(?! input)/.test(text) ? "RNN" : "GRU";
};

/**
 * A release as a number that grows with time: 2.15 is 2015.
 *
 * @param {string | undefined} release
 */
const asNumber = (release) => {
  const [major, minor] = (release ?? "").split(".").map(Number);
  return 1000 * (major || 0) + (minor || 0);
};

/**
 * The releases that go furthest on, and of these those that go furthest back.
 *
 * @param {string[]} ranges - such as "1.13 to 2.15"
 */
const widest = (ranges) => {
  const ends = ranges.map((range) => ({ range, ends: range.split(" to ").map(asNumber) }));
  const last = Math.max(...ends.map((one) => one.ends.at(-1) ?? 0));
  const newest = ends.filter((one) => one.ends.at(-1) === last);
  return newest.sort((a, b) => a.ends[0] - b.ends[0])[0].range;
};

/**
 * The message in parts, its numbers apart.
 *
 * @param {string} text
 * @param {[number, number][]} places
 * @param {string[]} axes
 * @param {string[]} slots
 * @param {string[]} fault
 */
const inParts = (text, places, axes, slots, fault) => {
  /** @type {Part[]} */
  const parts = [];
  let at = 0;
  for (const [number, [start, end]] of places.entries()) {
    if (start > at) parts.push({ text: text.slice(at, start) });
    const axis = axes[number]; // without a family it is text
    parts.push({ text: text.slice(start, end), axis, fault: fault.includes(slots[number]) });
    at = end;
  }
  const rest = text.slice(at);
  parts.push({ text: rest.length > LONGEST ? `${rest.slice(0, LONGEST)} …` : rest });
  return parts;
};

/**
 * @param {Guide} guide
 * @param {string} pasted
 * @returns {Explanation | undefined} nothing where no section knows the message
 */
export const explain = (guide, pasted) => {
  const matched = extract(pasted).flatMap(({ text, type }) => {
    const found = match(guide.known, text);
    return found ? [{ text, type, found, words: found.patterns[0].exact }] : [];
  });
  const [first] = matched;
  if (!first) return undefined;
  // a message can hold another one: "The following operation failed … RuntimeError: …"
  const outer = matched.find(
    ({ words }) => words.length > first.words.length && words.includes(first.words),
  );
  const { text, type, found } = outer ?? first;
  return answersTo(guide, text, type, found);
};

/**
 * @param {Guide} guide
 * @param {string} text
 * @param {string} type
 * @param {import("./match.js").Match} found
 * @returns {Explanation}
 */
const answersTo = ({ sections, byForm, kinds }, text, type, { patterns, numbers, places }) => {
  const whole = numbers.length === patterns[0].numbers.length;
  const family = whole ? byForm.get(formOf(patterns[0])) : undefined;
  const kind = kindOf(text);
  const fitting = family ? causesOf(family, numbers, kind) : [];
  // without numbers only the words tell
  const causes = fitting.filter(
    ({ cause }) => numbers.length || patterns.some(({ label }) => label === cause.label),
  );
  const printed = new Map(patterns.map(({ label, releases }) => [label, releases]));
  const newest = widest(patterns.map(({ releases }) => releases));
  /** @param {string} label */
  const sectionOf = (label) => {
    const address = `${sections[label].page}#${label}`;
    return {
      ...sections[label],
      label,
      address,
      kind,
      releases: printed.get(label) ?? newest,
    };
  };
  /** @type {Map<string, Answer>} */
  const answers = new Map();
  for (const { cause, named } of causes) {
    if (answers.has(cause.label)) continue;
    const values = { ...kinds[kind], ...named };
    const filled = Object.fromEntries(
      Object.entries(cause).map(([name, value]) => [
        name,
        typeof value === "string" ? fill(value, values) : value,
      ]),
    );
    answers.set(cause.label, { ...sectionOf(cause.label), ...filled, named });
  }
  for (const { label } of patterns) {
    if (!answers.has(label)) answers.set(label, sectionOf(label));
  }
  const fault = causes[0]?.cause.fault ?? [];
  const parts = inParts(text, places, family?.axes ?? [], family?.slots ?? [], fault);
  return { type: type || patterns[0].type, parts, answers: [...answers.values()] };
};
