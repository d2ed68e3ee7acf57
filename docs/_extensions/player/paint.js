// Brings a state of the player into the page.

import { gridOf } from "./grid.js";
import { notesOf } from "./view.js";
import { piecesOf, positionOf } from "./words.js";

/**
 * @param {HTMLElement} root
 * @param {import("./grid.js").Known} known
 * @param {import("./order.js").Unrolled} unrolled
 * @param {import("./grid.js").State} state
 */
export const paint = (root, known, unrolled, state) => {
  const { texts } = known;
  /** @param {string} selector */
  const find = (selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
  const hadFocus = find(".player-grid").contains(document.activeElement);
  find(".player-grid").innerHTML = gridOf(known, unrolled, state);
  find(".player-pieces").innerHTML = piecesOf(unrolled, texts, state.selected);
  find(".player-note").innerHTML = notesOf(known, unrolled, state);
  paintBar(find, texts, positionOf(unrolled, texts, state.tick), state);
  for (const button of root.querySelectorAll("[data-light]")) {
    const on = state.lit?.tensor === /** @type {HTMLElement} */ (button).dataset.light;
    button.setAttribute("aria-pressed", String(on));
  }
  const cell = reached(root);
  cell.setAttribute("aria-describedby", find(".player-pieces").id);
  if (hadFocus) cell.focus({ preventScroll: true });
};

/**
 * The cell that Tab reaches: the selected one, if it is in view.
 *
 * @param {HTMLElement} root
 */
export const reached = (root) => {
  const selected = root.querySelector("[aria-selected=true]");
  const cell = /** @type {HTMLElement} */ (selected ?? root.querySelector("[data-cell]"));
  cell.tabIndex = 0;
  return cell;
};

/**
 * Where movement is not wanted, the button that plays makes a step.
 *
 * @param {(selector: string) => HTMLElement} find
 * @param {Record<string, string>} texts
 * @param {string} position
 * @param {import("./grid.js").State} state
 */
const paintBar = (find, texts, position, { tick, playing, still }) => {
  find(".player-position").innerHTML = position;
  const range = /** @type {HTMLInputElement} */ (find("[type=range]"));
  range.value = String(tick);
  range.setAttribute("aria-valuetext", position);
  const play = playing ? `❚❚ ${texts.pause}` : `▶\uFE0E ${texts.play}`;
  const text = still ? `▶\uFE0E| ${texts.step_on}` : play;
  const button = find("[data-move=play]");
  if (button.innerHTML !== text) button.innerHTML = text; // or it would be said again
  find("[data-move=on]").hidden = still;
};
