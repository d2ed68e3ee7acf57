// Lists that are filtered by words, and by a label where there are buttons for some.

import { kept, said } from "./keep.js";

const SAY_AFTER = 500; // a screen reader is told the number when one stops typing

/** @param {HTMLFormElement} form */
const connect = (form) => {
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("words"));
  const status = /** @type {HTMLElement} */ (form.querySelector("[role=status]"));
  const chips = /** @type {HTMLButtonElement[]} */ ([...form.querySelectorAll("[data-label]")]);
  const labels = chips.map((chip) => chip.dataset.label ?? "");
  const groups = [...document.querySelectorAll(form.dataset.filter ?? "")].map((item) => {
    const group = /** @type {HTMLElement} */ (item);
    const [title] = group.children;
    const items = /** @type {HTMLElement[]} */ ([...group.querySelectorAll("li")]);
    const lines = items.map((line) => ({
      text: `${line.textContent} ${title.textContent}`,
      label: labels.find((label) => line.classList.contains(label)) ?? "",
    }));
    return { group, items, lines };
  });
  const all = groups.reduce((sum, { lines }) => sum + lines.length, 0);
  const { all: whole = "", some = "", none = "" } = form.dataset;
  let waiting = 0;

  const filter = () => {
    const chosen = chips.find((chip) => chip.ariaPressed === "true")?.dataset.label ?? "";
    let found = 0;
    for (const { group, items, lines } of groups) {
      const shown = kept(lines, field.value, chosen);
      items.forEach((item, i) => {
        item.hidden = !shown[i];
      });
      group.hidden = !shown.includes(true);
      found += shown.filter(Boolean).length;
    }
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      status.textContent = said({ all: whole, some, none }, found, all);
    }, SAY_AFTER);
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("click", ({ target }) => {
    const pressed = /** @type {Element} */ (target).closest("[data-label]");
    if (!pressed) return;
    for (const chip of chips) {
      chip.ariaPressed = String(chip === pressed && chip.ariaPressed === "false");
    }
    filter();
  });
  field.addEventListener("input", filter);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !field.value) return;
    event.preventDefault(); // some browsers empty it by themselves, others not
    field.value = "";
    filter();
  });
  if (field.value) filter(); // which a browser has kept
};

for (const form of document.querySelectorAll("form[data-filter]")) {
  connect(/** @type {HTMLFormElement} */ (form));
}
