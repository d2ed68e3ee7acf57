// Copies a text, and says so.

const COPIED = 2000; // milliseconds that a button says so

/**
 * Copy a text, and let the button say so.
 *
 * @param {HTMLElement} button
 * @param {string} text
 * @param {string} copied - what the button then says
 */
export const copy = async (button, text, copied) => {
  await navigator.clipboard.writeText(text);
  if (button.dataset.before !== undefined) return;
  button.dataset.before = button.textContent;
  button.textContent = copied;
  setTimeout(() => {
    button.textContent = button.dataset.before;
    delete button.dataset.before;
  }, COPIED);
};
