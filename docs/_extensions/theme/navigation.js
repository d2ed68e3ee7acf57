// The list of pages shows the entry of this page, however long it is.

const box = document.querySelector(".sidebar-scroll");
const current = box?.querySelector("[aria-current=page]");
if (box && current) {
  const [inside, entry] = [box.getBoundingClientRect(), current.getBoundingClientRect()];
  // not scrollIntoView: it would also move the page, beside which the list of a phone waits
  const below = entry.bottom - inside.bottom;
  if (below > 0) box.scrollBy({ top: below + inside.height / 3, behavior: "instant" });
}
