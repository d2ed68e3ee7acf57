// The two programs as tabs; the choice is remembered.

import { keep, kept } from "../theme/kept.js";

const KEY = "program";

/**
 * @param {HTMLElement} root
 * @param {() => void} changed
 * @returns {() => import("./answer.js").Way} the chosen one
 */
export const addTabs = (root, changed) => {
  const tabs = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[data-program]")]);
  const panel = root.querySelector("[role=tabpanel]");
  let chosen = tabs.find(({ dataset }) => dataset.program === kept(KEY)) ?? tabs[0];
  const show = () => {
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
    }
    panel.setAttribute("aria-labelledby", chosen.id);
  };
  /** @param {HTMLElement} tab */
  const choose = (tab) => {
    chosen = tab;
    keep(KEY, tab.dataset.program);
    show();
    changed();
  };
  for (const [place, tab] of tabs.entries()) {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (!step) return;
      const next = tabs[(place + step + tabs.length) % tabs.length];
      next.focus();
      choose(next);
    });
  }
  show();
  return () => /** @type {import("./answer.js").Way} */ (chosen.dataset.program);
};
