// What the pointer or the keyboard is on lights up in blocks, shapes, code and cells together. What
// is pressed stays lit, until it is pressed again or something else is.

import { light } from "../tensors/light.js";

const MARKED = "[data-cells], [data-row], [data-part], [data-axis]";

/**
 * The button of a tensor, or of a row of a state, that an element belongs to.
 *
 * @param {HTMLElement} root
 * @param {Element} [target]
 * @returns {HTMLElement | undefined}
 */
const buttonOf = (root, target) => {
  const own =
    target?.closest("[data-cells]") ?? target?.closest("tr")?.querySelector("[data-cells]");
  if (own) return /** @type {HTMLElement} */ (own);
  const { row } = /** @type {HTMLElement} */ (target?.closest("[data-row]"))?.dataset ?? {};
  return row && root.querySelector(`[data-cells][data-row="${row}"]`);
};

/**
 * @param {HTMLElement} root
 * @param {(tensor?: string, row?: string) => void} lightCells
 * @returns {() => void} lights nothing
 */
export const addSelection = (root, lightCells) => {
  /** @type {HTMLElement | undefined} */
  let kept;

  /** @param {Element} [target] */
  const show = (target) => {
    light(root, target);
    const button = buttonOf(root, target);
    button?.classList.add("lit");
    lightCells(button?.dataset.cells, button?.dataset.row);
  };
  const showKept = () => show(kept?.isConnected ? kept : undefined);
  /** @param {Event} event */
  const over = ({ target }) => {
    const element = /** @type {Element} */ (target);
    if (element.closest(MARKED) || element.closest("tr")?.querySelector("[data-cells]"))
      show(element);
    else showKept();
  };
  for (const event of ["focusin", "mouseover"]) root.addEventListener(event, over);
  root.addEventListener("click", ({ target }) => {
    const element = /** @type {Element} */ (target);
    const pressed = /** @type {HTMLElement} */ (element.closest("[data-light]"));
    if (pressed) {
      // the player has answered already; the tensor is kept in the table too, or none
      const button = `#explorer-tensors [data-cells="${pressed.dataset.light}"]`;
      kept = pressed.ariaPressed === "true" ? root.querySelector(button) : undefined;
      showKept();
      return;
    }
    const marked = /** @type {HTMLElement | undefined} */ (element.closest(MARKED));
    if (!marked) return;
    kept = kept === marked ? undefined : marked;
    show(marked);
  });
  root.addEventListener("mouseleave", showKept);
  return () => {
    kept = undefined;
    show();
  };
};
