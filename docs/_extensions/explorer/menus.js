// What opens above the form, and shuts when it is done, on Escape, or when something else is pressed.

/** @param {HTMLElement} root */
export const addMenus = (root) => {
  const menus = /** @type {HTMLDetailsElement[]} */ ([...root.querySelectorAll(".menu")]);
  /** @param {Element} [but] */
  const shut = (but) => {
    for (const menu of menus) if (menu !== but) menu.open = false;
  };
  document.addEventListener("pointerdown", ({ target }) =>
    shut(/** @type {Element} */ (target).closest(".menu")),
  );
  root.addEventListener("focusin", ({ target }) =>
    shut(/** @type {Element} */ (target).closest(".menu")),
  );
  root.addEventListener("keydown", ({ key, target }) => {
    const open = /** @type {Element} */ (target).closest(".menu[open]");
    if (key !== "Escape" || !open) return;
    shut();
    open.querySelector("summary").focus();
  });
  return shut;
};
