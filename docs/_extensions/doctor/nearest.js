// What the search finds for a text that no section knows.

import { loadIndex, search } from "../search/load.js";

/** @param {string} text */
export const nearest = async (text) => search(await loadIndex(), text).found;
