"use strict";

// Code and tables that are wider than their place become stops of the Tab key, so that the keyboard
// can scroll them. The others do not: a page has dozens of them.
const boxes = document.querySelectorAll("pre, .table-wrapper, div.math");
const mark = () =>
  boxes.forEach((box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  });
mark();
addEventListener("resize", mark);

// The icons that open the drawers of a narrow page work by keyboard too, and Escape shuts both.
for (const icon of document.querySelectorAll("label [role=button]")) {
  const box = icon.closest("label").control;
  const toggle = (event) => {
    event.preventDefault();
    box.click();
  };
  icon.addEventListener("click", toggle);
  icon.addEventListener("keydown", (event) => [" ", "Enter"].includes(event.key) && toggle(event));
  box.addEventListener("change", () => icon.setAttribute("aria-expanded", box.checked));
  document.addEventListener("keydown", (event) => event.key === "Escape" && box.checked && box.click());
}
