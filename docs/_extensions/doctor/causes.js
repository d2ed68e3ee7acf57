// What the numbers of a message mean, by the conditions of doctor.toml.

/**
 * @typedef {[factor: number, name: string]} Term - a name without a number is a number alone
 * @typedef {[left: Term, comparison: string, right: Term]} Condition
 * @typedef {[name: string, left: string, operator: string, right: string]} Derived
 *
 * @typedef {object} Cause
 * @property {string} label
 * @property {string[]} kinds - the layers that it is for; none means all
 * @property {Condition[]} when
 * @property {Condition[]} likely - then it comes before others that fit
 * @property {Derived[]} derived - calculated from the numbers
 * @property {string[]} fault - the names of the numbers that are wrong
 * @property {string} says
 * @property {string} [more]
 * @property {string} [wrong]
 * @property {string} [right]
 * @property {string} [wrongTitle]
 * @property {string} [rightTitle]
 * @property {string} [other] - "Not it?"
 * @property {string} [explorer] - the address that its fields have
 *
 * @typedef {{ of: string[], slots: string[], causes: Cause[] }} Family - messages of one form
 * @typedef {Record<string, number>} Named - numbers by their names
 */

/** @type {Record<string, (left: number, right: number) => boolean>} */
const COMPARISONS = {
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  "<": (left, right) => left < right,
  ">": (left, right) => left > right,
  divides: (left, right) => left !== 0 && right % left === 0,
};

/** @type {Record<string, (left: number, right: number) => number>} */
const OPERATORS = {
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "-": (left, right) => left - right,
  "+": (left, right) => left + right,
};

/**
 * @param {Term} term
 * @param {Named} named
 */
const numberOf = ([factor, name], named) => (name ? factor * named[name] : factor);

/**
 * @param {Condition[]} conditions
 * @param {Named} named
 */
const hold = (conditions, named) =>
  conditions.every(([left, comparison, right]) =>
    COMPARISONS[comparison](numberOf(left, named), numberOf(right, named)),
  );

/**
 * The numbers by their names, and what a cause calculates from them.
 *
 * @param {Cause} cause
 * @param {Named} named
 */
const withDerived = ({ derived }, named) => {
  const all = { ...named };
  for (const [name, left, operator, right] of derived) {
    const [a, b] = [left, right].map((part) => all[part] ?? Number(part));
    all[name] = OPERATORS[operator](a, b);
  }
  return all;
};

/**
 * The causes that fit a kind of layer and the numbers, the likeliest first, each with the numbers
 * that it names.
 *
 * @param {Family} family
 * @param {string[]} numbers
 * @param {string} kind
 * @returns {{ cause: Cause, named: Named }[]}
 */
export const causesOf = ({ slots, causes }, numbers, kind) => {
  const named = Object.fromEntries(slots.map((name, place) => [name, Number(numbers[place])]));
  const fitting = causes
    .filter(({ kinds }) => !kinds.length || kinds.includes(kind))
    .map((cause) => ({ cause, named: withDerived(cause, named) }))
    .filter(({ cause, named }) => hold(cause.when, named));
  /** @param {typeof fitting[number]} fits */
  const isLikely = ({ cause, named }) => cause.likely.length > 0 && hold(cause.likely, named);
  return [...fitting.filter(isLikely), ...fitting.filter((fits) => !isLikely(fits))];
};
