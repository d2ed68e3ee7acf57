// The shape explorer: every change of a field gives another answer. Rules and texts come from Python
// as JSON; here products of symbols become numbers, and texts are filled in.

import { fill } from "../tensors/words.js";
import { answer } from "./answer.js";
import { Fields } from "./fields.js";
import { draw, light } from "./picture.js";
import { showTables } from "./tables.js";

const REST = 800; // milliseconds without a change until the answer is announced

const root = /** @type {HTMLElement} */ (document.querySelector(".explorer"));
const form = /** @type {HTMLFormElement} */ (document.getElementById("shape-explorer"));
/** @type {{ rules: import("./answer.js").Rules, texts: Record<string, any> }} */
const { rules, texts } = JSON.parse(document.getElementById("explorer-data").textContent);
const fields = new Fields(form, rules, texts.refused);

/** @param {import("./answer.js").Answer} result */
const show = (result) => {
  root.querySelector("[data-layer]").textContent = result.layer;
  root.querySelector("[data-code]").textContent = result.code;
  const left = showTables(root, rules, texts, result);
  const cut = draw(root.querySelector("svg"), rules, texts, result);
  const notes = [[cut, result.lengths && texts.packed], [left.rows], [left.parameters]];
  for (const [index, element] of root.querySelectorAll(".note").entries()) {
    element.textContent = notes[index].filter(Boolean).join(" ");
  }
  light(root, texts);
};

// ---- The address follows the fields, and a screen reader hears the answer once the hands rest

let address = location.hash;
let resting = 0;

const remember = () => {
  try {
    if (address !== location.hash) history.replaceState(null, "", address);
  } catch {} // a browser refuses many changes in a short time; the next one will do
};

/** @param {string} text */
const announce = (text) => {
  clearTimeout(resting);
  resting = setTimeout(() => {
    remember();
    root.querySelector("[role=status]").textContent = text;
  }, REST);
};

/** Read the fields and answer; a refused value leaves the answer before it. */
const update = () => {
  const { state, errors } = fields.read();
  const refused = Object.entries(errors);
  const stale = /** @type {HTMLElement} */ (root.querySelector(".stale"));
  stale.hidden = !refused.length;
  stale.textContent = refused.length ? texts.stale : "";
  if (refused.length) {
    const said = refused.map(([name, message]) => fill(texts.refused.said, { name, message }));
    return { answered: false, said: said.join(" ") };
  }
  const result = answer(rules, state);
  show(result);
  return { answered: true, said: fill(texts.said, { ...result, ...result.shapes }) };
};

const change = () => {
  const { answered, said } = update();
  if (answered) address = fields.address;
  setTimeout(remember);
  announce(said);
};

form.addEventListener("input", change);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("click", ({ target }) => {
  const { preset } = /** @type {HTMLElement} */ (target).dataset;
  if (preset && fields.apply(preset)) change();
});
form.addEventListener("keydown", (event) => {
  const step = { ArrowUp: 1n, ArrowDown: -1n }[event.key];
  if (!step) return;
  if (fields.count(/** @type {HTMLInputElement} */ (event.target), step)) {
    event.preventDefault();
    change();
  }
});
addEventListener("hashchange", () => fields.apply(location.hash.slice(1)) && change());

/** @param {Event} event */
const lightTarget = (event) => {
  const target = /** @type {Element} */ (event.target);
  const button =
    target.closest("[data-cells]") ?? target.closest("tr")?.querySelector("[data-cells]");
  if (button) light(root, texts, /** @type {HTMLElement} */ (button));
};
for (const event of ["focusin", "mouseover", "click"]) root.addEventListener(event, lightTarget);

// ---- The form takes the place of the tables

root.hidden = false;
for (const tables of document.querySelectorAll(".explorer-static")) tables.remove();
update(); // a good answer first, whatever the address holds
if (fields.apply(location.hash.slice(1))) change();
