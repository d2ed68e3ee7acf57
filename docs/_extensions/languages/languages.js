// The way to another edition: to the same section, and on later visits from the first page.

import { keep, kept } from "../theme/kept.js";

const KEY = "edition";
const root = document.documentElement;

for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (
  document.querySelectorAll("[data-edition]")
)) {
  const page = link.href;
  link.addEventListener("click", () => {
    link.href = page + location.search + location.hash;
    keep(KEY, link.hreflang);
  });
}

/** @type {HTMLAnchorElement?} */
const chosen = document.querySelector(`[data-edition][hreflang="${kept(KEY)}"]`);
const top = new URL(root.dataset.content_root ?? "./", location.href).pathname;
const isFirstPage = [top, `${top}index.html`].includes(location.pathname);
const comesFromOutside = !document.referrer.startsWith(location.origin);
if (chosen && isFirstPage && comesFromOutside && !location.hash) location.replace(chosen.href);
