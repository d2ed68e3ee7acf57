// The panel of the front page: tensors, lines and link follow its four controls. Rules and sentences
// come from Python as JSON.

import { figuresOf, shapesOf } from "../tensors/figures.js";
import { lightUnderPointer } from "../tensors/light.js";
import { copy } from "../theme/copy.js";
import { addAxes } from "./axes.js";
import { addressOf, saidOf, shownOf } from "./layer.js";

const REST = 600; // milliseconds without a change until the shapes are said
const NARROWEST = 200; // pixels of a drawing

const root = /** @type {HTMLElement} */ (document.querySelector(".front"));
const form = root.querySelector("form");
/** @type {import("./layer.js").Known} */
const known = JSON.parse(document.getElementById("front-data").textContent);

const layers = /** @type {HTMLInputElement} */ (form.elements.namedItem("num_layers"));
/** @param {string} name */
const isOn = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).checked;

/** @returns {import("./layer.js").Values} */
const read = () => ({
  kind: /** @type {RadioNodeList} */ (form.elements.namedItem("kind")).value,
  num_layers: layers.valueAsNumber,
  bidirectional: isOn("bidirectional"),
  batch_first: isOn("batch_first"),
});

/** @type {Record<string, string>} */
const written = {};

/**
 * Write into a place of the panel, if that changes anything.
 *
 * @param {string} selector
 * @param {string} html
 * @returns {boolean} whether it did
 */
const write = (selector, html) => {
  if (written[selector] === html) return false;
  root.querySelector(selector).innerHTML = html;
  written[selector] = html;
  return true;
};

/** @param {string} text */
const say = (text) => {
  root.querySelector("[role=status]").textContent = text;
};
const markAxes = addAxes(root, known.texts, say);

/** The pixels that a drawing may take where it stands. */
const room = () => {
  const place = root.querySelector(".front-tensors");
  const { paddingLeft, paddingRight } = getComputedStyle(place);
  const around = Number.parseFloat(paddingLeft) + Number.parseFloat(paddingRight);
  const inside = Math.floor(place.clientWidth - around);
  return Math.max(NARROWEST, Math.min(known.box.width, inside));
};

/** Show the answer to the controls. While a number is typed, the answer before it stays. */
const show = () => {
  if (!layers.checkValidity()) return;
  const values = read();
  const tensors = shownOf(known, values);
  const options = { ...known.box, texts: known.texts, width: room(), cells: false };
  write(".front-shapes", shapesOf(tensors));
  if (write(".front-tensors", figuresOf(tensors, options))) markAxes(tensors);
  const { lines, sentence } = known.splits[Number(values.bidirectional)];
  for (const [name, line] of Object.entries(lines)) write(`[data-line="${name}"]`, line);
  write(".front-foot p", sentence);
  /** @type {HTMLAnchorElement} */ (root.querySelector(".front-foot a")).hash = addressOf(values);
};

let resting = 0;

const change = () => {
  show();
  clearTimeout(resting);
  resting = setTimeout(() => {
    if (layers.checkValidity()) say(saidOf(known, read()));
  }, REST);
};

/** @param {HTMLElement} button */
const step = (button) => {
  const number = (layers.valueAsNumber || 0) + Number(button.dataset.step);
  if (number < Number(layers.min) || number > Number(layers.max)) return;
  layers.value = String(number);
  change();
};

/** @param {HTMLElement} button */
const copyLine = async (button) => {
  await copy(button, button.parentElement.querySelector("code").textContent, known.copied);
  say(known.copied);
};

form.addEventListener("input", change);
form.addEventListener("submit", (event) => event.preventDefault());
root.addEventListener("click", ({ target }) => {
  const button = /** @type {Element} */ (target).closest("button");
  if (button?.dataset.step) step(button);
  else if (button) copyLine(button);
});
lightUnderPointer(root);
addEventListener("resize", show);
show(); // the controls may stand as a reader has left them
