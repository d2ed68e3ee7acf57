// An axis, a row or a half lights up in blocks, tuples and code together.

// What an element may be part of, the smallest first.
const OF = ["[data-row]", '[data-part]:not([data-part="features"])', "[data-axis]"];

/**
 * What belongs to the same row, half or axis.
 *
 * @param {Element} target
 */
const marksOf = (target) => {
  const marked = OF.map((selector) => target.closest(selector)).find(Boolean);
  const { row, part, axis } = /** @type {HTMLElement} */ (marked)?.dataset ?? {};
  if (row !== undefined) return `[data-row="${row}"]`;
  if (part) return `[data-part="${part}"]`;
  return axis && `[data-axis="${axis}"]:not([data-index], [data-row])`;
};

/**
 * Light what belongs to an element, or nothing. The cells of a player it lights itself.
 *
 * @param {Element} root
 * @param {Element} [target]
 */
export const light = (root, target) => {
  const marks = target && marksOf(target);
  const lit = new Set(marks ? root.querySelectorAll(marks) : []);
  for (const element of root.querySelectorAll(".lit:not([data-cell])")) {
    if (!lit.has(element)) element.classList.remove("lit");
  }
  for (const element of lit) element.classList.add("lit");
};

/**
 * Let what the pointer is on light up.
 *
 * @param {Element} root
 */
export const lightUnderPointer = (root) => {
  root.addEventListener("pointerover", ({ target }) =>
    light(root, /** @type {Element} */ (target)),
  );
  root.addEventListener("pointerleave", () => light(root));
};
