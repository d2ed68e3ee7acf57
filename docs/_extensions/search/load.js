// The index, which is large: a page loads it once, for the search and for the box of the doctor.

import { prepare, search } from "./engine.js";

export const ROOT = new URL("../../", import.meta.url); // of this edition

/** @type {Map<string, Promise<import("./data.js").Index>>} */
const loading = new Map();

/**
 * The index of an edition, ready to be searched; where it does not come, the next call tries again.
 *
 * @param {URL} root - of the edition
 */
export const loadIndex = (root = ROOT) => {
  const address = new URL("search-index.json", root).href;
  const index =
    loading.get(address) ??
    fetch(address)
      .then((answer) => answer.json())
      .then(prepare)
      .catch((error) => {
        loading.delete(address);
        throw error;
      });
  loading.set(address, index);
  return index;
};

export { search };
