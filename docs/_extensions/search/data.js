// Reads the index that the build of the site has written.

import { cutter, equalNumbers, isWord, runsOf } from "./words.js";

/**
 * @typedef {[text: string, withoutCode?: 1]} Question
 *
 * @typedef {object} Data - as the build of the site writes it
 * @property {[address: string, title: string, folder: string][]} pages
 * @property {[page: number, anchor: string | 0, heading: string, others: string[],
 *   questions: Question[]][]} sections - without an anchor, the heading says it; the others
 *   are what else a section is called
 * @property {[ending: string, instead: string][]} rules - how words become stems
 * @property {string} common - words that say nothing
 * @property {Record<string, number>} often - how many sections hold a stem that nearly all have
 * @property {string} words - the stems that stand in texts; a capital letter says how much of the
 *   last one the next one has
 * @property {string} holding - the sections that hold each of them
 *
 * @typedef {object} Heading
 * @property {number} section
 * @property {Question} [question]
 * @property {Set<string>} stems
 * @property {string} numbers - which of them are equal
 * @property {string[]} runs - neighbouring words, two and three
 *
 * @typedef {object} Index
 * @property {Data["pages"]} pages
 * @property {Data["sections"]} sections
 * @property {(word: string) => string} stemOf
 * @property {(text: string) => string[]} cut - the words of a text, of Chinese too
 * @property {Map<string, Set<number>>} stems - the sections that hold a word
 * @property {Set<string>} common
 * @property {Record<string, number>} often
 * @property {Heading[]} headings
 * @property {number[]} lengths - the stems of each section
 * @property {number} meanLength
 */

/**
 * The sections that a text of the index lists: each letter says how far the next one is.
 *
 * @param {string} letters
 */
const sectionsOf = (letters) => {
  const sections = new Set();
  let section = -1;
  for (const letter of letters) {
    section += letter === "~" ? 57 : letter.charCodeAt(0) - 34;
    if (letter !== "~") sections.add(section);
  }
  return sections;
};

/** @param {string} words */
const wholeWords = (words) => {
  let word = "";
  return (words.match(/[A-Z][^A-Z]*/g) ?? []).map((part) => {
    word = word.slice(0, part.charCodeAt(0) - 65) + part.slice(1);
    return word;
  });
};

/**
 * Prepare the data for any number of searches.
 *
 * @param {Data} data
 * @returns {Index}
 */
export const prepare = ({ pages, sections, rules, common, often, words, holding }) => {
  const endings = rules.map(([ending, instead]) => ({ ending: new RegExp(ending), instead }));
  /** @param {string} word */
  const stemOf = (word) =>
    endings.reduce((stem, { ending, instead }) => stem.replace(ending, instead), word);
  const lists = holding.split(" ");
  const stems = new Map(wholeWords(words).map((word, i) => [word, sectionsOf(lists[i])]));
  const cut = cutter([...stems.keys(), ...Object.keys(often), ...common.split(" ")]);
  /** @type {Heading[]} */
  const headings = [];
  for (const [section, [page, , heading, others, questions]] of sections.entries()) {
    /** @param {string} text @param {Question} [question] */
    const add = (text, question) => {
      const found = new Set(cut(text).filter(isWord).map(stemOf));
      const runs = [...runsOf(text, 2), ...runsOf(text, 3)];
      headings.push({ section, question, stems: found, numbers: equalNumbers(text), runs });
      return found;
    };
    const named = [heading, ...others].flatMap((text) => [...add(text)]);
    const asked = questions.flatMap((question) => [...add(question[0], question)]);
    const title = cut(pages[page][1]).map(stemOf);
    for (const stem of [...named, ...asked, ...title]) {
      if (!stems.has(stem)) stems.set(stem, new Set());
      stems.get(stem)?.add(section);
    }
  }
  const lengths = new Array(sections.length).fill(0);
  for (const section of [...stems.values()].flatMap((held) => [...held])) lengths[section] += 1;
  const meanLength = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  const nothing = new Set(common.split(" "));
  const known = { stemOf, cut, stems, common: nothing, often };
  return { pages, sections, ...known, headings, lengths, meanLength };
};
