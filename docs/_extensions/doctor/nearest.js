// What the search finds for a text that no section knows.

import { loadIndex, loadShown, search } from "../search/load.js";

/** @typedef {import("../search/found.js").Found & { excerpt: string }} Near */

/**
 * @param {string} text
 * @param {number} most
 * @returns {Promise<Near[]>}
 */
export const nearest = async (text, most) => {
  const found = search(await loadIndex(), text).found.slice(0, most);
  const withExcerpt = found.map(async (one) => {
    const section = { ...one, number: 0 }; // its title is shown, not the question
    const [excerpt] = await loadShown(section).catch(() => [""]);
    return { ...one, excerpt };
  });
  return Promise.all(withExcerpt);
};
