// An axis, a row or a half lights up in blocks, tuples and code together.

/**
 * What an element says that it is part of.
 *
 * @param {Element} element
 */
const marksOf = (element) => {
  const { dataset } = /** @type {HTMLElement} */ (element);
  if (dataset.row !== undefined) return `[data-row="${dataset.row}"]`;
  if (dataset.part && dataset.part !== "features") return `[data-part="${dataset.part}"]`;
  return dataset.axis && `[data-axis="${dataset.axis}"]:not([data-index], [data-row])`;
};

/**
 * Light what belongs to an element, or nothing.
 *
 * @param {Element} root
 * @param {Element} [target]
 */
export const light = (root, target) => {
  const marked = target?.closest("[data-row], [data-part], [data-axis]");
  const marks = marked && root.contains(marked) && marksOf(marked);
  const lit = new Set(marks ? root.querySelectorAll(marks) : []);
  for (const element of root.querySelectorAll(".lit")) {
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
