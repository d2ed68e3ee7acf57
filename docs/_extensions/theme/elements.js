// Elements from data. Whatever a reader pastes or types is shown as text, never as markup.

/**
 * An element with a class, where it has one, and children.
 *
 * @param {string} tag
 * @param {string} className
 * @param {...(Node | string)} children
 */
export const make = (tag, className, ...children) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
};
