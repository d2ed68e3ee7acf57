// The search page: it answers while one types, and keeps the query in its address.

import { prepare, search } from "./engine.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("#search-form"));
const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("q"));
const results = /** @type {HTMLElement} */ (document.querySelector("#search-results"));
const said = /** @type {HTMLElement} */ (document.querySelector("#search-status"));
const { index: address, none, near, some } = form.dataset;

/** @type {Promise<import("./engine.js").Index> | undefined} */
let loading; // the index is large: it comes with the first query

const load = async () => prepare(await (await fetch(String(address))).json());

/** @param {import("./engine.js").Found} found */
const item = (found) => {
  const link = document.createElement("a");
  link.href = found.address;
  link.dataset.section = found.label;
  link.textContent = found.heading;
  const page = document.createElement("span");
  page.className = "search-page";
  page.textContent = found.heading === found.page ? "" : found.page;
  const excerpt = document.createElement("p");
  excerpt.textContent = found.excerpt;
  const entry = document.createElement("li");
  entry.append(link, page, excerpt);
  return entry;
};

const answer = async () => {
  const query = field.value.trim();
  loading ??= load();
  const index = await loading;
  if (query !== field.value.trim()) return; // there is more by now
  const { found, sure } = search(index, query);
  results.replaceChildren(...found.map(item));
  const text = found.length ? (sure ? some : near) : none;
  said.textContent = query ? String(text).replace("{}", String(found.length)) : "";
};

const keep = () => {
  const query = new URLSearchParams({ q: field.value });
  history.replaceState(null, "", field.value ? `?${query}` : location.pathname);
};

let waiting = 0;
field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = window.setTimeout(() => {
    keep();
    answer();
  }, 100);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  keep();
  answer();
});
field.value = new URLSearchParams(location.search).get("q") ?? "";
if (field.value) answer();
else field.focus();
