// The index, which is large: a page loads it once, for the search and for the box of the doctor.

import { prepare, search } from "./engine.js";

const ADDRESS = new URL("../../search-index.json", import.meta.url);

/** @type {Promise<import("./data.js").Index> | undefined} */
let loading;

/** The index, ready to be searched; where it does not come, the next call tries again. */
export const loadIndex = () => {
  loading ??= fetch(ADDRESS)
    .then((answer) => answer.json())
    .then(prepare)
    .catch((error) => {
      loading = undefined;
      throw error;
    });
  return loading;
};

export { search };
