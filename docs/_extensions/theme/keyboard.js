// What furo leaves out for people who use the keyboard.

/**
 * Let code and tables that are wider than their place be stops of the Tab key, so that the keyboard
 * can scroll them. The others are not: a page has dozens of them.
 */
export const scrollBoxes = () => {
  const boxes = /** @type {NodeListOf<HTMLElement>} */ (
    document.querySelectorAll("pre, .table-wrapper, div.math")
  );
  const markBoxes = () => {
    for (const box of boxes) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  markBoxes();
  addEventListener("resize", markBoxes);
};

/** Let the icons that open the drawers of a narrow page work by keyboard; Escape shuts both. */
export const openDrawers = () => {
  for (const icon of /** @type {NodeListOf<HTMLElement>} */ (
    document.querySelectorAll("label [role=button]")
  )) {
    const box = /** @type {HTMLInputElement} */ (icon.closest("label").control);
    /** @param {Event} event */
    const toggle = (event) => {
      event.preventDefault();
      box.click();
    };
    icon.addEventListener("click", toggle);
    icon.addEventListener("keydown", (event) => {
      if ([" ", "Enter"].includes(event.key)) toggle(event);
    });
    box.addEventListener("change", () => icon.setAttribute("aria-expanded", String(box.checked)));
    document.addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && box.checked) box.click();
    });
  }
};
