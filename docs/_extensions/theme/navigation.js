// The list of pages.

/** Scroll the list to the entry of this page, where it is below. */
export const showEntry = () => {
  const box = document.querySelector(".sidebar-scroll");
  const current = box?.querySelector("[aria-current=page]");
  if (!box || !current) return;
  const [inside, entry] = [box.getBoundingClientRect(), current.getBoundingClientRect()];
  const below = entry.bottom - inside.bottom;
  // not scrollIntoView: it would also move the page, beside which the list of a phone waits
  if (below > 0) box.scrollBy({ top: below + inside.height / 3, behavior: "instant" });
};
