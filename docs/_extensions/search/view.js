// Shows what is found while one types: a list below the field, in groups, whose best is chosen.

import { make } from "../theme/elements.js";
import { grouped } from "./groups.js";
import { addressOf } from "./layer.js";
import { isLoaded, loadIndex, loadShown, ROOT, saidIn, search } from "./load.js";
import { isChinese } from "./words.js";

const TRY_AGAIN_AFTER = 1000;
const OF_INPUT_METHOD = 229; // Safari ends composing before it tells of the key that did
const LOAD_AFTER = 150; // nothing for what one types through
const ASK_AFTER = 300; // another index, which is large
const SAY_AFTER = 500; // a screen reader is told the number when one stops typing

/** @returns {undefined} */
const nothing = () => undefined;

/** @param {number} milliseconds */
const pause = (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds));

/** @param {KeyboardEvent} event */
const isComposing = ({ isComposing, keyCode }) => isComposing || keyCode === OF_INPUT_METHOD;

/**
 * A text in which backquotes mark code.
 *
 * @param {string} text
 */
const marked = (text) =>
  text.split("`").map((part, i) => (i % 2 ? make("code", "search-name", part) : part));

/**
 * Fill in what a result shows, unless other ones are listed by then.
 *
 * @param {HTMLElement} link
 * @param {import("./found.js").Found} found
 * @param {URL} root - of the edition that it is in
 */
const fill = async (link, found, root) => {
  if (!isLoaded(found, root)) {
    await pause(LOAD_AFTER);
    if (!link.isConnected) return;
  }
  const [said, line] = await loadShown(found, root);
  link.querySelector(".search-code")?.append(line);
  link.querySelector(".search-excerpt")?.append(...marked(said));
};

/**
 * @param {import("./found.js").Found} found
 * @param {number} number
 * @param {URL} root - of the edition that it is in
 */
const option = (found, number, root) => {
  const { address, label, heading, page, question, hasCode } = found;
  const title = heading === page ? [page] : [`${page}\u00a0› `, make("b", "", heading)];
  const link = choice(question ? marked(question) : title, new URL(address, root), number);
  if (hasCode) link.append(make("code", "search-code")); // room, until it comes
  link.append(make("span", "search-excerpt"));
  fill(link, found, root).catch(() => {}); // title and link stay
  link.dataset.section = label;
  return link;
};

/**
 * @param {(string | Node)[]} title
 * @param {URL} address
 * @param {number} number
 */
const choice = (title, address, number) => {
  const link = /** @type {HTMLAnchorElement} */ (make("a", "search-result"));
  link.append(make("span", "search-title", ...title));
  link.href = address.href;
  link.id = `search-result-${number}`;
  link.role = "option";
  link.tabIndex = -1; // the arrows choose
  return link;
};

/**
 * Answer from now on, also what stands in the field already.
 *
 * @param {HTMLElement} place
 */
export const start = (place) => {
  const form = /** @type {HTMLFormElement} */ (place.querySelector(".search-line"));
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("q"));
  const results = /** @type {HTMLElement} */ (place.querySelector("#search-results"));
  const status = /** @type {HTMLElement} */ (place.querySelector("#search-status"));
  const { some = "", near = "", none = "", more = "", groups = "", layer = "" } = place.dataset;
  const other = new URL(place.dataset.other ?? "", ROOT);
  let options = /** @type {HTMLElement[]} */ ([]);
  let chosen = -1;
  let answered = "";
  let saying = 0;
  let trying = 0;
  let composing = false; // with an input method, as for Chinese

  /** @param {number} number */
  const choose = (number) => {
    options[chosen]?.setAttribute("aria-selected", "false");
    chosen = options.length ? (number + options.length) % options.length : -1;
    options[chosen]?.setAttribute("aria-selected", "true");
    if (chosen < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", options[chosen].id);
  };

  /**
   * @param {import("./found.js").Found[]} found
   * @param {URL} root
   * @param {string} shapes - where those of a layer are shown
   */
  const list = (found, root, shapes) => {
    const ofLayer = shapes ? [choice([make("b", "", layer)], new URL(shapes, ROOT), 0)] : [];
    options = [...ofLayer];
    const parts = grouped(found, JSON.parse(groups), more).map(({ name, items }, i) => {
      const title = make("div", "search-group", name);
      title.id = `search-group-${i}`;
      const links = items.map((item, place) => option(item, options.length + place, root));
      options.push(...links);
      const part = make("div", "", title, ...links);
      part.role = "group";
      part.setAttribute("aria-labelledby", title.id);
      return part;
    });
    results.replaceChildren(...ofLayer, ...parts);
    results.hidden = !options.length;
    results.scrollTop = 0;
    field.setAttribute("aria-expanded", String(options.length > 0));
    choose(0);
  };

  /**
   * @param {string} query
   * @param {import("./engine.js").Answer} answer
   * @param {URL} root
   */
  const show = (query, { found, sure }, root) => {
    const shapes = addressOf(query);
    list(found, root, shapes);
    const text = found.length ? (sure || shapes ? some : near) : none;
    status.dataset.quiet = String(text === some);
    clearTimeout(saying);
    saying = window.setTimeout(() => {
      status.textContent = query ? text.replace("{}", String(found.length)) : "";
    }, SAY_AFTER);
  };

  const answer = async () => {
    if (!answered && !field.value.trim()) return; // it comes with the first query
    const index = await loadIndex().catch(nothing);
    clearTimeout(trying);
    if (!index) {
      trying = window.setTimeout(answer, TRY_AGAIN_AFTER); // as in a train
      return;
    }
    const query = field.value.trim();
    if (query === answered) return;
    answered = query;
    const own = search(index, query);
    show(query, own, ROOT);
    const isOfOther = isChinese(query) !== document.documentElement.lang.startsWith("zh");
    if (!query || own.named || !isOfOther) return;
    await pause(ASK_AFTER);
    if (query !== answered) return;
    const others = await loadIndex(other).catch(nothing); // of its language
    const better = others && search(others, query);
    if (!better?.sure || query !== answered) return;
    if (isChinese(query)) show(query, better, other);
    else show(query, { ...better, found: saidIn(index, better.found) }, ROOT);
  };

  field.addEventListener("input", () => composing || answer());
  field.addEventListener("compositionstart", () => {
    composing = true;
  });
  field.addEventListener("compositionend", () => {
    composing = false;
    answer();
  });
  field.addEventListener("keydown", (event) => {
    if (isComposing(event)) {
      if (event.key === "Enter") event.preventDefault(); // it takes what is composed
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    choose(chosen + step);
    options[chosen]?.scrollIntoView({ block: "nearest" });
  });
  results.addEventListener("mousemove", ({ target }) => {
    const under = options.indexOf(
      /** @type {HTMLElement} */ (/** @type {Element} */ (target).closest("a")),
    );
    if (under >= 0 && under !== chosen) choose(under);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault(); // Enter opens what is chosen
    await answer();
    options[chosen]?.click();
  });
  answer();
};
