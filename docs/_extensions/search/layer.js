// A layer that stands in the field: the box on the page of the search says its shapes.

const LAYER = /^\s*(?:[\w.]+\s*=\s*)?(?:torch\.)?(?:nn\.)?(?:RNN|GRU|LSTM)\(.*\)\s*$/s;

/**
 * @param {string} query
 * @returns {string} where its shapes are shown; nothing where it is no layer
 */
export const addressOf = (query) =>
  LAYER.test(query) ? `search.html?${new URLSearchParams({ paste: query.trim() })}` : "";
