// Elements from data. Whatever a reader or an address gives is shown as text, never as markup.

/**
 * An element with attributes and children.
 *
 * @param {string} name
 * @param {Record<string, unknown>} attributes - those without a value are left out
 * @param {(string | Node)[]} children
 */
export const make = (name, attributes, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(key, String(value));
  }
  element.append(...children);
  return element;
};

/**
 * @param {string} text
 * @param {Record<string, unknown>} [attributes]
 */
export const code = (text, attributes = {}) => make("code", attributes, text);

/**
 * A row of a table, with the roles that a browser forgets where rows are cards.
 *
 * @param {string | Node} head
 * @param {(string | Node)[]} cells
 * @param {Record<string, unknown>} [attributes]
 */
export const line = (head, cells, attributes = {}) =>
  make(
    "tr",
    { role: "row", ...attributes },
    make("th", { scope: "row", role: "rowheader" }, head),
    ...cells.map((cell) => make("td", { role: "cell" }, cell)),
  );
