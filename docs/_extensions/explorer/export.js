// The picture as SVG that stands alone.

import { tupleOf } from "../tensors/tuple.js";

const MARGIN = 16;
const HEAD = 24; // pixels of the line above a drawing

/** The style of the drawings, with the colours that they have now. */
const styleNow = () => {
  const sheets = [...document.styleSheets].filter(({ href }) => href?.includes("/tensors.css"));
  const text = sheets.flatMap(({ cssRules }) => [...cssRules].map((rule) => rule.cssText)).join("");
  const probe = document.createElement("i");
  document.body.append(probe);
  const written = text.replace(/var\((--[\w-]+)(?:, ?((?:[^()]|\([^()]*\))*))?\)/g, (use) => {
    probe.style.color = "";
    probe.style.color = use;
    const font = use.includes("--font");
    return font ? use : getComputedStyle(probe).color;
  });
  probe.remove();
  return written;
};

/**
 * The drawings beside each other, with their names and shapes.
 *
 * @param {Element} place - where they are drawn
 * @param {import("../tensors/shapes.js").Tensor[][]} groups
 * @returns {string} SVG
 */
export const pictureOf = (place, groups) => {
  let left = MARGIN;
  let bottom = 0;
  const parts = [...place.querySelectorAll("svg")].map((drawing, index) => {
    const [, , width, height] = drawing.getAttribute("viewBox").split(" ").map(Number);
    const names = groups[index].map(({ name }) => name).join(", ");
    const shape = tupleOf(groups[index][0], "tspan");
    const copied = /** @type {SVGSVGElement} */ (drawing.cloneNode(true));
    copied.setAttribute("x", String(left));
    copied.setAttribute("y", String(MARGIN + HEAD));
    copied.setAttribute("width", String(width));
    copied.setAttribute("height", String(height));
    const head = `<text x="${left}" y="${MARGIN + 8}" class="head">${names} ${shape}</text>`;
    left += Math.max(width, (names.length + 14) * 9) + MARGIN;
    bottom = Math.max(bottom, MARGIN + HEAD + height);
    return head + new XMLSerializer().serializeToString(copied);
  });
  const size = `width="${left}" height="${bottom + MARGIN}" viewBox="0 0 ${left} ${bottom + MARGIN}"`;
  const { color, backgroundColor } = getComputedStyle(place.closest(".panel"));
  const head = `.head { font: 600 15px monospace; fill: ${color}; }`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}><style>${styleNow()}${head}</style><rect width="100%" height="100%" fill="${backgroundColor}"/>${parts.join("")}</svg>`;
};
