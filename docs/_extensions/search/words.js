// The words of a text, and how they compare.

/** What stands before a message: the lines of a traceback, and the type of the error. */
export const BEFORE_MESSAGE = /^.*\b\w+(?:Error|Exception|Warning): +(?=\S)/s;

/**
 * The words of a text; of Chinese, which has no spaces, its characters.
 *
 * @param {string} text
 */
export const wordsOf = (text) =>
  text.toLowerCase().match(/[\u4e00-\u9fff]|(?:(?![\u4e00-\u9fff])[\p{L}\p{N}_])+/gu) ?? [];

/**
 * The runs of neighbouring words of a text, numbers too: only they tell "3 dimensions, got 2" from "2
 * dimensions, got 3".
 *
 * @param {string} text
 * @param {number} length
 */
export const runsOf = (text, length) => {
  const words = wordsOf(text);
  return words.slice(length - 1).map((_, i) => words.slice(i, i + length).join(" "));
};

/**
 * Which numbers of a message are equal: "(1, 7, 5), got (1, 4, 5)" and "(2, 9, 8), got (2, 6, 8)" are
 * one mistake.
 *
 * @param {string} text
 */
export const equalNumbers = (text) => {
  const numbers = /** @type {string[]} */ (text.match(/\d+/g) ?? []);
  return numbers.length > 3 ? numbers.map((number) => numbers.indexOf(number)).join() : "";
};

const HAN = /[\u4e00-\u9fff]/;
const PIECES = /[\u4e00-\u9fff]+|(?:(?![\u4e00-\u9fff])[\p{L}\p{N}_])+/gu;

/** Is something written in Chinese? @param {string} text */
export const isChinese = (text) => HAN.test(text);

/** @param {string} word */
export const isWord = (word) => /[^\d]/.test(word);

/**
 * Is one letter missing, too many, or another one, or are two of them swapped?
 *
 * @param {string} a
 * @param {string} b
 */
export const isNearly = (a, b) => {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  if (restA.slice(1) === restB || restA === restB.slice(1)) return true;
  if (restA.slice(1) === restB.slice(1)) return true;
  return restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
};

/**
 * What cuts a text into words: Chinese into the longest that are known, or else into characters.
 *
 * @param {string[]} known
 * @returns {(text: string) => string[]}
 */
export const cutter = (known) => {
  const words = new Set(known.filter((word) => HAN.test(word)));
  const longest = Math.max(0, ...[...words].map((word) => word.length));
  /** @param {string} run */
  const chinese = (run) => {
    const found = [];
    for (let at = 0; at < run.length; at += found[found.length - 1].length) {
      let length = Math.min(longest, run.length - at);
      while (length > 1 && !words.has(run.slice(at, at + length))) length -= 1;
      found.push(run.slice(at, at + Math.max(1, length)));
    }
    return found;
  };
  return (text) =>
    (text.toLowerCase().match(PIECES) ?? []).flatMap((piece) =>
      HAN.test(piece) ? chinese(piece) : [piece],
    );
};
