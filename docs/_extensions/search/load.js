// What is large: a page loads the index once, for the search and for the box of the doctor, and what
// the results of a page show when one of them is listed.

import { prepare, search } from "./engine.js";
import { saidIn } from "./found.js";

export const ROOT = new URL("../../", import.meta.url); // of this edition

/** @typedef {Record<string, [said: string, code: string][]>} Shown - by the label of a section */

/** @type {Map<string, Promise<any>>} */
const loading = new Map();

/**
 * What stands at an address, loaded once; where it does not come, the next call tries again.
 *
 * @template T
 * @param {string} name
 * @param {URL} root - of the edition
 * @param {(data: any) => T} read
 * @returns {Promise<T>}
 */
const once = (name, root, read) => {
  const address = new URL(name, root).href;
  const content =
    loading.get(address) ??
    fetch(address)
      .then((answer) => answer.json())
      .then(read)
      .catch((error) => {
        loading.delete(address);
        throw error;
      });
  loading.set(address, content);
  return content;
};

/** The index of an edition, ready to be searched. @param {URL} root */
export const loadIndex = (root = ROOT) => once("search-index.json", root, prepare);

/** @param {import("./found.js").Found} found */
const fileOf = ({ address }) => `search-results/${address.replace(/\.html(#.*)?$/, ".json")}`;

/**
 * Is here what a result shows?
 *
 * @param {import("./found.js").Found} found
 * @param {URL} root - of the edition
 */
export const isLoaded = (found, root) => loading.has(new URL(fileOf(found), root).href);

/**
 * What a result shows below its title: the answer to a question, with the line of code that decides,
 * or the first sentence of a section.
 *
 * @param {import("./found.js").Found} found
 * @param {URL} root - of the edition
 */
export const loadShown = async (found, root = ROOT) => {
  const read = /** @param {Shown} shown */ (shown) => shown;
  return (await once(fileOf(found), root, read))[found.label][found.number];
};

export { saidIn, search };
