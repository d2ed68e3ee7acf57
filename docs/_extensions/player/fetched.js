// Numbers that do not stand in the page, once they are needed.

/**
 * Fetch the numbers when an element comes into view. Without an answer places are shown alone.
 *
 * @param {Element} element
 * @param {string} address
 * @returns {Promise<import("./values.js").Numbers | undefined>}
 */
export const fetchedInView = (element, address) =>
  new Promise((done) => {
    const observer = new IntersectionObserver(async (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      const answer = await fetch(address).catch(() => /** @type {undefined} */ (undefined));
      done(answer?.ok ? await answer.json() : undefined);
    });
    observer.observe(element);
  });
