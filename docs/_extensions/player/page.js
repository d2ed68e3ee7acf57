// Wakes the players that stand in a page.

import { mount } from "./player.js";

for (const root of /** @type {NodeListOf<HTMLElement>} */ (
  document.querySelectorAll(".player[data-case]")
)) {
  mount(root, JSON.parse(root.dataset.case));
}
