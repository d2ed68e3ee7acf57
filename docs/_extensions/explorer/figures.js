// The tensors as blocks, each with its name and its shape.

import { block, fit } from "../tensors/block.js";
import { describe, groupsOf } from "../tensors/shapes.js";
import { tupleOf } from "../tensors/tuple.js";

const SHOWN = ["input", "output", "h_n", "c_n"];
const IN_DOCK = ["output", "h_n"];
const BOX = { width: 300, height: 190 };
const NARROWEST = 180; // pixels of a drawing
const STEP = 10;
const NARROW = 500; // pixels in which drawings stand one below the other
const GAP = 18; // pixels between two

/** @param {string} svg - other parts of the page are asked for their shapes by this mark */
const unmarked = (svg) => svg.replace(/ data-tensor="\w+"/, "");

/**
 * The tensors that are drawn; those of one shape once.
 *
 * @param {import("./answer.js").Rules} rules
 * @param {import("./answer.js").Answer} answer
 */
export const groupsShown = (rules, answer) => {
  const tensors = describe(rules, answer);
  return groupsOf(SHOWN.map((name) => tensors[name]).filter(Boolean));
};

/**
 * @param {import("./answer.js").Rules} rules
 * @param {Record<string, any>} texts
 * @param {import("./answer.js").Answer} answer
 * @param {number} room - pixels for all of them
 * @returns {string} HTML
 */
export const figuresAsHtml = (rules, texts, answer, room) => {
  const groups = groupsShown(rules, answer);
  /** @param {number} width - of the widest drawing */
  const drawn = (width) => {
    const options = { ...BOX, width, texts, cells: false };
    const cell = fit(groups.flat(), options);
    return groups.map(([tensor]) => block(tensor, { ...options, cell }));
  };
  /** @param {string[]} drawings */
  const inOneRow = (drawings) =>
    drawings.reduce((sum, svg) => sum + GAP + Number(/ width="(\d+)"/.exec(svg)[1]), -GAP) <= room;
  let width = Math.min(BOX.width, room);
  let drawings = drawn(width);
  while (groups.length < 4 && width > NARROWEST && room > NARROW && !inOneRow(drawings)) {
    width -= STEP;
    drawings = drawn(width);
  }
  return groups
    .map((group, place) => {
      const names = group.map(({ name }) => `<code>${name}</code>`).join(", ");
      return `<div><p>${names} ${tupleOf(group[0])}</p>${unmarked(drawings[place])}</div>`;
    })
    .join("");
};

/**
 * The shapes that stay in sight on a phone.
 *
 * @param {import("./answer.js").Rules} rules
 * @param {import("./answer.js").Answer} answer
 * @returns {string} HTML
 */
export const dockAsHtml = (rules, answer) => {
  const tensors = describe(rules, answer);
  return IN_DOCK.map((name) => `<span><code>${name}</code> ${tupleOf(tensors[name])}</span>`).join(
    " ",
  );
};
