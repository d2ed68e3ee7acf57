// Code and tables that are wider than their place become stops of the Tab key, so that the keyboard
// can scroll them. The others do not: a page has dozens of them.
"use strict";
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
for (const box of document.querySelectorAll("pre, .table-wrapper, div.math")) sizes.observe(box);
