// The shape explorer: every change of a field gives another answer. Rules and texts come from Python
// as JSON; here products of symbols become numbers, and texts are filled in.

import { fill } from "../tensors/words.js";
import { copy } from "../theme/copy.js";
import { answer } from "./answer.js";
import { Fields } from "./fields.js";
import { groupsShown } from "./figures.js";
import { addMenus } from "./menus.js";
import { addSegments } from "./segments.js";
import { addSelection } from "./select.js";
import { showAnswer } from "./show.js";
import { addTabs } from "./tabs.js";
import { addPlayer } from "./unrolled.js";

const REST = 800; // milliseconds without a change until the answer is announced

const root = /** @type {HTMLElement} */ (document.querySelector(".explorer"));
const form = /** @type {HTMLFormElement} */ (document.getElementById("shape-explorer"));
/** @type {{ rules: import("./answer.js").Rules, texts: Record<string, any> }} */
const { rules, texts } = JSON.parse(document.getElementById("explorer-data").textContent);
texts.language = document.documentElement.lang;

const fields = new Fields(form, rules, texts.refused);
const followSegments = addSegments(form);
const shutMenus = addMenus(root);
const player = addPlayer(root.querySelector("[data-player]"), rules);
const showNothing = addSelection(root, player.light);
/** @type {import("./answer.js").Answer} */
let result;
const show = () => showAnswer(root, rules, texts, result, chosen());
const chosen = addTabs(root, () => result && show());

// ---- The address follows the fields, and a screen reader hears the answer once the hands rest

let address = location.hash;
let resting = 0;

const remember = () => {
  try {
    // without a query: it would say again what a field held at first
    if (address !== location.hash) history.replaceState(null, "", location.pathname + address);
  } catch {} // a browser refuses many changes in a short time; the next one will do
};

/** @param {string} text */
const announce = (text) => {
  clearTimeout(resting);
  resting = setTimeout(() => {
    remember();
    root.querySelector("[data-said]").textContent = text;
  }, REST);
};

const tensor = /** @type {HTMLSelectElement} */ (document.getElementById("explorer-fit-tensor"));
const shape = /** @type {HTMLInputElement} */ (document.getElementById("explorer-fit-shape"));
const checkFit = async () => {
  const { showFit } = await import("./fit_view.js");
  const place = /** @type {HTMLElement} */ (root.querySelector("[data-fit]"));
  showFit(place, rules, texts, result, tensor.value, shape.value);
};

/** Offer the tensors that the layer takes. */
const offerTensors = () => {
  tensor.disabled = shape.disabled = Boolean(result.lengths);
  const taken = ["input", "h_0", "c_0"].filter((name) => name in result.tensors);
  if ([...tensor.options].map(({ value }) => value).join() === taken.join()) return;
  tensor.replaceChildren(...taken.map((name) => new Option(name, name)));
};

/** Read the fields and answer; a refused value leaves the answer before it. */
const update = () => {
  const { state, errors, waits } = fields.read();
  followSegments();
  const refused = Object.entries(errors);
  const stale = /** @type {HTMLElement} */ (root.querySelector(".stale"));
  stale.hidden = !refused.length;
  stale.textContent = refused.length ? texts.stale : "";
  if (refused.length) {
    const said = refused.map(([name, message]) => fill(texts.refused.said, { name, message }));
    return { answered: false, said: said.join(" ") };
  }
  if (waits) return { answered: false, said: "" };
  result = answer(rules, state);
  show();
  player.update(result);
  showNothing();
  offerTensors();
  if (shape.value || result.lengths || root.querySelector("[data-fit] *")) checkFit();
  const count = result.costs.parameters.toLocaleString(texts.language);
  return { answered: true, said: fill(texts.said, { ...result, ...result.shapes, count }) };
};

const change = () => {
  const { answered, said } = update();
  if (answered) address = fields.address;
  setTimeout(remember);
  announce(said);
};

/** Let Back come here again before many fields change at once. */
const leaveBehind = () => {
  remember();
  history.pushState(null, "", location.href);
};

/**
 * Set fields from an address, and say what was not understood.
 *
 * @param {string} query
 * @param {string} hash
 */
const open = (query, hash) => {
  const { named, values, unknown } = fields.readAddress(query, hash);
  const unread = /** @type {HTMLElement} */ (root.querySelector(".unread"));
  unread.hidden = !unknown.length;
  const given = unknown.map(([name, value]) => `${name}=${value}`).join(", ");
  unread.textContent = unknown.length ? fill(texts.not_understood, { given }) : "";
  fields.set(values);
  if (named) change();
  else update();
};

form.addEventListener("input", change);
form.addEventListener("focusout", ({ target }) => {
  const { value, type } = /** @type {HTMLInputElement} */ (target);
  if (type === "text" && value.trim() === "") setTimeout(change); // it waits no longer
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("keydown", (event) => {
  const step = { ArrowUp: 1n, ArrowDown: -1n }[event.key];
  const field = /** @type {HTMLInputElement} */ (event.target);
  if (!step || !(field.name in fields.byName)) return;
  if (fields.count(field, step)) {
    event.preventDefault();
    change();
  }
});
shape.addEventListener("input", checkFit);
tensor.addEventListener("input", checkFit);
addEventListener("popstate", () => {
  if (location.hash === address) return;
  address = location.hash;
  open("", location.hash);
});
addEventListener("resize", () => show());

// ---- Buttons

const paste = /** @type {HTMLTextAreaElement} */ (document.getElementById("explorer-paste"));
const fillIn = async () => {
  const { pasted } = await import("./paste.js");
  const read = pasted(paste.value, rules, texts.pasted);
  root.querySelector("[data-pasted]").textContent = read.said;
  if (!read.fields) return;
  leaveBehind();
  fields.set(read.fields, true);
  change();
};
paste.addEventListener("input", (event) => event.stopPropagation()); // it is no field
paste.addEventListener("paste", () => setTimeout(fillIn));

/** @param {HTMLElement} button */
const copyPicture = async (button) => {
  const { pictureOf } = await import("./export.js");
  const picture = pictureOf(root.querySelector("[data-figures]"), groupsShown(rules, result));
  copy(button, picture, texts.copied);
};

root.addEventListener("click", ({ target }) => {
  const button = /** @type {Element} */ (target).closest("button");
  if (!button) return;
  const { preset, use, expression } = button.dataset;
  if (preset || use) {
    leaveBehind();
    fields.set(Object.fromEntries(new URLSearchParams(preset ?? use)), Boolean(use));
    change();
    shutMenus();
  } else if (expression) copy(button, expression, texts.copied);
  else if ("paste" in button.dataset) fillIn();
  else if (button.dataset.copy === "link") {
    remember();
    copy(button, location.href, texts.copied);
  } else if (button.dataset.copy === "code") {
    copy(button, root.querySelector("[data-code]").textContent, texts.copied);
  } else if (button.dataset.copy === "picture") {
    copyPicture(button);
  }
});

// ---- The form takes the place of the tables

root.hidden = false;
for (const tables of document.querySelectorAll(".explorer-static")) tables.remove();
update(); // a good answer first, whatever the address holds
open(location.search, location.hash);
