// What a reader has chosen, for later visits. A browser may forbid it: then nothing is kept.

/** @param {string} key */
export const kept = (key) => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
};

/** @param {string} key @param {string} value */
export const keep = (key, value) => {
  try {
    localStorage.setItem(key, value);
  } catch {}
};
