// Opens the search: by its buttons, by "/" and by Ctrl-K. All that finds and shows comes with it.

const template = /** @type {HTMLTemplateElement?} */ (document.querySelector("#search-view"));
const page = document.querySelector("#search-page");
const TYPED_INTO = "input, textarea, select, [contenteditable]";

/**
 * Make field and list in a place; what stands there already comes between them.
 *
 * @param {Element} place
 */
const fill = (place) => {
  const between = [...place.children];
  place.append(/** @type {HTMLTemplateElement} */ (template).content.cloneNode(true));
  const search = /** @type {HTMLElement} */ (place.querySelector(".search"));
  search.querySelector(".search-line")?.after(...between);
  import("./view.js").then(({ start }) => start(search));
  return search;
};

/** @param {Element} place */
const fieldIn = (place) =>
  /** @type {HTMLInputElement} */ (place.querySelector("input[type=search]"));

/** Make the dialog, which opens at once, even where a network is slow. */
const makeDialog = () => {
  const dialog = document.createElement("dialog");
  dialog.className = "search-dialog";
  document.body.append(dialog);
  const search = fill(dialog);
  dialog.setAttribute("aria-label", fieldIn(dialog).ariaLabel ?? "");
  search.querySelector(".search-close")?.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => {
    const link = /** @type {Element} */ (target).closest("a");
    if (target === dialog || link) dialog.close(); // beside it, or to a section of this page
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault(); // a field of this kind would only be emptied
    dialog.close();
  });
  return dialog;
};

/** @type {HTMLDialogElement | undefined} */
let made;

const openSearch = () => {
  if (!page) {
    made ??= makeDialog();
    if (!made.open) made.showModal();
  }
  const field = fieldIn(page ?? /** @type {Element} */ (made));
  field.focus();
  field.select();
};

if (template) {
  for (const button of document.querySelectorAll(".search-open")) {
    if (!page) button.setAttribute("aria-haspopup", "dialog");
    button.addEventListener("click", (event) => {
      event.preventDefault();
      openSearch();
    });
  }
  document.addEventListener("keydown", (event) => {
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
    const k = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey;
    const typing = /** @type {Element} */ (event.target).closest?.(TYPED_INTO);
    if (!k && !(slash && !typing)) return;
    event.preventDefault();
    openSearch();
  });
}
if (template && page) {
  const search = fill(page);
  search.querySelector(".search-close")?.remove();
  const field = fieldIn(page);
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  if (!field.value) field.focus();
  const keep = () => {
    const query = new URLSearchParams({ q: field.value });
    history.replaceState(null, "", field.value ? `?${query}` : location.pathname);
  };
  field.addEventListener("input", (event) => {
    if (!(/** @type {InputEvent} */ (event).isComposing)) keep();
  });
  field.addEventListener("compositionend", keep);
}
