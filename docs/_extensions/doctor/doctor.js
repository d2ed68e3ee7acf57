// The box: it answers what is pasted, at once or with Enter. What it needs comes with the first
// paste, and what is pasted stays in the page.

const ROOT = new URL("../../", import.meta.url); // the top of the site, whatever page this is
const MOST_LINES = 8;
const MESSAGE = /\w+(?:Error|Warning): ./; // a query that is one is explained above what is found

/**
 * What is made at the first call, and kept; where making it failed, the next call tries again.
 *
 * @template T
 * @param {() => Promise<T>} make
 * @returns {() => Promise<T>}
 */
const once = (make) => {
  /** @type {Promise<T> | undefined} */
  let made;
  return () => {
    made ??= make().catch((error) => {
      made = undefined;
      throw error;
    });
    return made;
  };
};

const guide = once(async () => {
  const { prepare } = await import("./answers.js");
  const file = await fetch(new URL("patterns.json", import.meta.url), { cache: "no-cache" });
  return prepare(await file.json());
});
/** @type {typeof import("./nearest.js").nearest} */
const nearest = async (...of) => (await import("./nearest.js")).nearest(...of);

/** @param {HTMLFormElement} form */
const connect = (form) => {
  const field = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("paste"));
  const explain = /** @type {HTMLElement} */ (form.querySelector(".doctor-explain"));
  const clear = /** @type {HTMLElement} */ (form.querySelector(".doctor-clear"));
  const answers = /** @type {HTMLElement} */ (form.querySelector(".doctor-answers"));
  const status = /** @type {HTMLElement} */ (form.querySelector("[role=status]"));

  /** @param {boolean} answered */
  const offer = (answered) => {
    explain.hidden = answered;
    clear.hidden = !answered;
    field.rows = Math.min(MOST_LINES, field.value.split("\n").length);
  };

  const answer = async () => {
    const text = field.value.trim();
    if (!text) return field.focus();
    const known = await guide();
    const { answerTo } = await import("./answers.js");
    const { nodes, said } = await answerTo(known, text, nearest, ROOT);
    if (text !== field.value.trim()) return; // there is more by now
    answers.replaceChildren(...nodes);
    status.textContent = said;
    offer(true);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer();
  });
  field.addEventListener("focus", () => guide());
  field.addEventListener("input", () => offer(false));
  field.addEventListener("paste", () => setTimeout(answer));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    answer();
  });
  const empty = () => {
    field.value = "";
    answers.replaceChildren();
    status.textContent = "";
    offer(false);
  };
  clear.addEventListener("click", () => {
    empty();
    field.focus();
  });
  form.addEventListener("click", ({ target }) => {
    const { example } = /** @type {HTMLElement} */ (target).dataset;
    if (example === undefined) return;
    field.value = example;
    answer();
  });
  const box = /** @type {HTMLElement} */ (form.querySelector(".doctor-field"));

  /**
   * Explain a query that is a message. It stands in the field of the search, so not here too.
   *
   * @param {string} query
   */
  const follow = (query) => {
    const isMessage = MESSAGE.test(query);
    if (box.hidden && !isMessage) empty();
    box.hidden = isMessage;
    if (!isMessage) return;
    field.value = query;
    answer();
  };
  form.closest("#search-page")?.addEventListener("input", ({ target }) => {
    const { name, value } = /** @type {HTMLInputElement} */ (target);
    if (name === "q") follow(value);
  });
  const given = new URLSearchParams(location.search);
  const sent = given.get("paste"); // from a page without its script
  if (sent) {
    field.value = sent;
    answer();
  } else follow(given.get("q") ?? "");
};

for (const form of document.querySelectorAll("form[data-doctor]")) {
  connect(/** @type {HTMLFormElement} */ (form));
}
