// "Does my tensor fit?": what is said of a shape.

import { roleOf, tuple } from "../tensors/shapes.js";
import { fill, listed } from "../tensors/words.js";
import { code, make } from "./dom.js";
import { fit, shapeFrom } from "./fit.js";

/** @typedef {import("./fit.js").Fit} Fit */

/**
 * The shape as it was read; a wrong axis has a mark, not its colour alone.
 *
 * @param {bigint[]} given
 * @param {Fit} found
 * @param {import("./answer.js").Rules["roles"]} roles
 */
const shapeOf = (given, { axes, fault }, roles) => {
  const parts = given.flatMap((size, place) => {
    const axis = axes[place];
    const wrong = axis ? axis.wanted !== undefined : Boolean(fault);
    const role = roleOf(axis?.symbol ?? "", roles);
    const number = make("span", { class: wrong ? "wrong" : role }, String(size));
    return [place ? ", " : "", wrong ? make("b", {}, number, " ✕") : number];
  });
  return make("code", { class: "tuple" }, "(", ...parts, given.length === 1 ? ",)" : ")");
};

/**
 * The sentences about the axes.
 *
 * @param {bigint[]} given
 * @param {Fit} found
 * @param {Record<string, any>} texts
 * @param {import("./answer.js").Rules["roles"]} roles
 */
const saidOf = (given, { axes, counts, fault }, texts, roles) => {
  const { fits, between, count, axis: wrongAxis, empty } = texts.fit;
  if (!axes.length) {
    const numbers = [...counts].sort().map(String);
    return fill(count, {
      wanted: listed(numbers, texts.language, "disjunction"),
      count: given.length,
    });
  }
  if (!fault) {
    const said = axes.map(({ symbol, got }) =>
      fill(texts.axes[roleOf(symbol, roles)], { symbol, size: got }),
    );
    return fill(fits, { axes: said.join(between) });
  }
  return axes
    .filter(({ wanted }) => wanted !== undefined)
    .map(({ symbol, got, wanted }) =>
      symbol === "L" ? empty : fill(wrongAxis, { symbol, got, wanted }),
    )
    .join(" ");
};

/**
 * @param {HTMLElement} place
 * @param {import("./answer.js").Rules} rules
 * @param {Record<string, any>} texts
 * @param {import("./answer.js").Answer} answer
 * @param {string} tensor
 * @param {string} text - as it was typed
 */
export const showFit = (place, rules, texts, answer, tensor, text) => {
  if (answer.lengths) return place.replaceChildren(make("p", {}, texts.fit.packed));
  const given = shapeFrom(text);
  if (!text.trim()) return place.replaceChildren();
  if (!given) {
    const shape = tuple([answer.seq_len, answer.batch_size, answer.input_size]);
    return place.replaceChildren(make("p", {}, fill(texts.fit.not_a_shape, { shape })));
  }
  const found = fit(rules, answer, tensor, given);
  const { fault, axes } = found;
  const mark = make("span", { "aria-hidden": "true" }, fault ? "✕ " : "✓ ");
  const said = saidOf(given, found, texts, rules.roles);
  const verdict = make(
    "p",
    { class: fault ? "fails" : "fits" },
    mark,
    shapeOf(given, found, rules.roles),
    " ",
    said,
  );
  /** @type {Node[]} */
  const lines = [verdict];
  if (fault) {
    const link = make("a", { href: fault.address }, texts.fit.section);
    lines.push(make("p", { class: "message" }, code(fault.text)), make("p", {}, link));
  } else if (tensor === "input") {
    const fields = Object.fromEntries(
      axes.map(({ symbol, got }) => [rules.symbols[symbol], String(got)]),
    );
    const layout = axes.length === 2 ? "unbatched" : "batched";
    const use = new URLSearchParams({ ...fields, layout });
    lines.push(make("button", { type: "button", "data-use": use }, texts.fit.use));
  }
  return place.replaceChildren(...lines);
};
