// Shows an answer in all its places.

import { fill, listed } from "../tensors/words.js";
import { printedAsHtml, programAsHtml } from "./code.js";
import { make } from "./dom.js";
import { dockAsHtml, figuresAsHtml } from "./figures.js";
import { bytesOf, grouped } from "./numbers.js";
import { showTables } from "./tables.js";

/**
 * The numbers of a layer, to be read.
 *
 * @param {import("./answer.js").Rules} rules
 * @param {Record<string, any>} texts
 * @param {import("./answer.js").Answer} answer
 * @returns {Record<"total" | "products" | "memory", string>}
 */
const numbersOf = (rules, texts, { costs, tensors }) => {
  const size = BigInt(rules.bytes);
  /** @param {bigint} numbers */
  const bytes = (numbers) => bytesOf(numbers * size, texts.units);
  /** @param {bigint} number */
  const count = (number) => grouped(number, texts.language);
  const returned = ["output", "h_n", "c_n"].filter((name) => name in tensors);
  const names = listed(returned, texts.language);
  const { parameters, products } = costs;
  return {
    total: fill(texts.total, { count: count(parameters), bytes: bytes(parameters) }),
    products: fill(texts.products, { count: count(products) }),
    memory: fill(texts.memory, { bytes: bytes(costs.returned), tensors: names }),
  };
};

/** The pixels inside an element. @param {Element} element */
const roomIn = (element) => {
  const { paddingLeft, paddingRight } = getComputedStyle(element);
  return element.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
};

/**
 * @param {HTMLElement} root
 * @param {import("./answer.js").Rules} rules
 * @param {Record<string, any>} texts
 * @param {import("./answer.js").Answer} answer
 * @param {import("./answer.js").Way} way - of the program
 */
export const showAnswer = (root, rules, texts, answer, way) => {
  /** @param {string} selector */
  const place = (selector) => root.querySelector(selector);
  place("[data-layer]").textContent = answer.layer;
  const figures = place("[data-figures]");
  figures.innerHTML = figuresAsHtml(rules, texts, answer, roomIn(figures));
  place("[data-dock]").innerHTML = dockAsHtml(rules, answer);
  place("[data-code]").innerHTML = programAsHtml(rules, answer, way);
  place("[data-printed]").innerHTML = printedAsHtml(rules, answer, way);

  const numbers = numbersOf(rules, texts, answer);
  const items = Object.entries(numbers).map(([name, text]) =>
    make("li", { "data-number": name }, text),
  );
  place("[data-numbers]").replaceChildren(...items);
  place("#explorer-parameters caption").textContent = numbers.total;

  const left = showTables(root, rules, texts, answer, texts.language);
  const notes = [left.rows, left.parameters];
  for (const [index, element] of root.querySelectorAll(".note").entries()) {
    element.textContent = notes[index];
  }
};
