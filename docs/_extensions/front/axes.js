// What the pointer lights up, the keyboard does too: each tuple is one stop of the Tab key, in which
// the arrows go from axis to axis, and up and down through the rows or halves that an axis holds.

import { light } from "../tensors/light.js";
import { groupsOf } from "../tensors/shapes.js";
import { fill } from "../tensors/words.js";

/** @typedef {import("../tensors/shapes.js").Tensor} Tensor */

const PLACE = ".front-tensors > div";
const ACROSS = { ArrowLeft: -1, ArrowRight: 1 };
const DOWN = { ArrowUp: -1, ArrowDown: 1 };

/**
 * The rows of a state, or the halves of an output, as they are drawn.
 *
 * @param {Element} axis - an entry of a tuple
 * @returns {HTMLElement[]} one element of each
 */
const heldBy = (axis) => {
  const drawn = (/** @type {string} */ mark) => [
    .../** @type {NodeListOf<HTMLElement>} */ (
      axis.closest(PLACE).querySelectorAll(`g[data-${mark}]`)
    ),
  ];
  const { axis: role } = /** @type {HTMLElement} */ (axis).dataset;
  const rows = drawn("row").sort((a, b) => Number(a.dataset.row) - Number(b.dataset.row));
  if (role === "rows") return rows;
  const halves = drawn("part").filter(({ dataset }) => dataset.part !== "features");
  return role === "features" && !rows.length ? halves : [];
};

/**
 * @param {HTMLElement} root
 * @param {Record<string, any>} texts
 * @param {(text: string) => void} say
 * @returns {(tensors: Tensor[]) => void} to be called when other tensors have been drawn
 */
export const addAxes = (root, texts, say) => {
  /** @type {Tensor[][]} */
  let groups = [];
  let place = -1; // among what the axis holds

  /** @param {Element} axis @param {HTMLElement} held */
  const saidOf = (axis, { dataset }) => {
    const group = groups[[...root.querySelectorAll(PLACE)].indexOf(axis.closest(PLACE))];
    const { row, part } = dataset;
    const names = group.map(({ name }) => (row === undefined ? name : `${name}[${row}]`));
    const layer = row === undefined ? "" : BigInt(row) / BigInt(group[0].directions.length);
    const said = [row === undefined ? "" : fill(texts.layer, { layer }), texts[part]];
    return `${names.join(", ")}: ${said.filter(Boolean).join(", ")}`;
  };

  root.addEventListener("focusin", ({ target }) => {
    const axis = /** @type {Element} */ (target).closest("[role=option]");
    if (!axis) return;
    place = -1;
    axis.ariaSelected = "true";
    light(root, axis);
  });
  root.addEventListener("focusout", ({ target }) => {
    const axis = /** @type {Element} */ (target).closest("[role=option]");
    if (!axis) return;
    axis.ariaSelected = "false";
    light(root);
  });
  root.addEventListener("keydown", (event) => {
    const axis = /** @type {Element} */ (event.target).closest("[role=option]");
    if (!axis) return;
    const key = /** @type {keyof typeof ACROSS & keyof typeof DOWN} */ (event.key);
    if (ACROSS[key]) {
      const axes = /** @type {HTMLElement[]} */ ([...axis.parentElement.children]);
      const next = axes[axes.indexOf(/** @type {HTMLElement} */ (axis)) + ACROSS[key]];
      if (next) for (const each of axes) each.tabIndex = each === next ? 0 : -1;
      next?.focus();
    } else if (DOWN[key]) {
      const held = heldBy(axis);
      if (!held.length) return;
      place = Math.max(0, Math.min(held.length - 1, place + DOWN[key]));
      light(root, held[place]);
      say(saidOf(axis, held[place]));
    } else return;
    event.preventDefault();
  });

  return (tensors) => {
    groups = groupsOf(tensors);
    for (const [index, figure] of root.querySelectorAll(PLACE).entries()) {
      const tuple = figure.querySelector(".tuple");
      tuple.role = "listbox";
      tuple.ariaOrientation = "horizontal";
      tuple.ariaLabel = groups[index].map(({ name }) => name).join(", ");
      for (const [number, entry] of [...tuple.children].entries()) {
        const { symbol, size, role } = groups[index][0].axes[number];
        entry.role = "option";
        entry.ariaSelected = "false";
        entry.ariaLabel = fill(texts.axes[role], { symbol, size });
        /** @type {HTMLElement} */ (entry).tabIndex = number ? -1 : 0;
      }
    }
  };
};
