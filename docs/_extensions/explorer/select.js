// What the pointer or the keyboard is on lights up in blocks, shapes, code and cells together. What
// is pressed stays lit, until it is pressed again or something else is.

import { light } from "../tensors/light.js";
import { lightCells } from "./picture.js";

const MARKED = "[data-cells], [data-row], [data-part], [data-axis]";

/**
 * @param {HTMLElement} root
 * @param {Record<string, any>} texts
 * @returns {() => void} lights nothing
 */
export const addSelection = (root, texts) => {
  /** @type {HTMLElement | undefined} */
  let kept;

  /** @param {Element} [target] */
  const show = (target) => {
    light(root, target);
    const button = /** @type {HTMLElement} */ (
      target?.closest("[data-cells]") ?? target?.closest("tr")?.querySelector("[data-cells]")
    );
    lightCells(root, texts, button);
  };
  /** @param {Event} event */
  const over = ({ target }) => {
    const element = /** @type {Element} */ (target);
    if (element.closest(MARKED) || element.closest("tr")?.querySelector("[data-cells]"))
      show(element);
    else if (kept?.isConnected) show(kept);
    else light(root);
  };
  for (const event of ["focusin", "mouseover"]) root.addEventListener(event, over);
  root.addEventListener("click", ({ target }) => {
    const marked = /** @type {HTMLElement | undefined} */ (
      /** @type {Element} */ (target).closest(MARKED)
    );
    if (!marked) return;
    kept = kept === marked ? undefined : marked;
    show(marked);
  });
  root.addEventListener("mouseleave", () => (kept?.isConnected ? show(kept) : light(root)));
  return () => {
    kept = undefined;
    show();
  };
};
