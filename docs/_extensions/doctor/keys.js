// What messages of one form share: their numbers are taken out, and spaces and quotes do not count.

/**
 * @typedef {object} Key
 * @property {string} exact - the words
 * @property {string} general - the same with other layers, types, devices and brackets
 * @property {string} ranks - the same with another number of axes
 * @property {string[]} numbers
 * @property {[start: number, end: number][]} places - of the numbers in the text
 * @property {string} equal - which numbers are equal: "(1, 7), got (1, 4)" is as "(2, 9), got (2, 6)"
 */

// No number: the 1 of "mat1", "input.size(-1)" and "float64", the 0 of "hidden[0]" and "hx[0]".
const NUMBER =
  /(?<![A-Za-z_\d.]|hidden\[|hx\[|\.size\(-?)(?:(?<![\w)\]])-)?\d+(?:\.\d+)?|(?<=\dx)\d+/g;
const SLOT = "#";
const KINDS = /\b(?:RNN|GRU|LSTM)(?=Cell\b|\b)/g;
const TYPES =
  /\b(?:c10::|torch\.)?(?:cuda\.)?(?:B?Float(?:8\w*|16|32|64)?|Double|Half|Long|Int(?:8|16|32|64)?|Short|Byte|Char|Bool|tuple|list|ndarray|NoneType|str)(?:Tensor)?\b|\bTensor\b/gi;
const DEVICES = /\b(?:cpu|cuda|meta|mps|xpu)(?::#)?(?![\w.])/gi;

/** @param {string} text */
const bare = (text) => text.replace(/[\s`'"*]/g, "").toLowerCase();

/**
 * @param {string} text
 * @returns {Key}
 */
export const keyOf = (text) => {
  /** @type {string[]} */
  const numbers = [];
  /** @type {[number, number][]} */
  const places = [];
  const words = text.replace(NUMBER, (number, at) => {
    numbers.push(number);
    places.push([at, at + number.length]);
    return SLOT;
  });
  const general = words.replace(KINDS, "¤k").replace(DEVICES, "¤d").replace(TYPES, "¤t");
  const same = bare(general).replace(/[[\]]/g, (bracket) => (bracket === "[" ? "(" : ")"));
  return {
    exact: bare(words),
    general: same,
    ranks: same.replace(/#(?:,#)+,?/g, "#"),
    numbers,
    places,
    equal: numbers.map((number) => numbers.indexOf(number)).join(),
  };
};

/**
 * How many numbers stand before a place of a key.
 *
 * @param {string} key
 * @param {number} place
 */
export const slotsBefore = (key, place) => key.slice(0, place).split(SLOT).length - 1;
