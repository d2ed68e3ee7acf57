/** The list of all questions: a field hides those that do not have the words typed. */

const filter = /** @type {HTMLElement} */ (document.querySelector(".filter"));
const input = /** @type {HTMLInputElement} */ (filter.querySelector("input"));
const status = /** @type {HTMLElement} */ (filter.querySelector("[role=status]"));
const topics = [
  .../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".list-of-questions")),
];
const all = topics.flatMap((topic) => [...topic.querySelectorAll("li")]);

/** Show the questions that have every word, and the topics that have one. */
function show() {
  const words = input.value.toLowerCase().split(/\s+/);
  for (const item of all) {
    const text = item.textContent.toLowerCase();
    item.hidden = !words.every((word) => text.includes(word));
  }
  for (const topic of topics) topic.hidden = !topic.querySelector("li:not([hidden])");
  const shown = all.filter((item) => !item.hidden).length;
  const count = filter.dataset.count ?? "";
  const figures = [shown, all.length];
  status.textContent = input.value.trim()
    ? count.replace(/\{\}/g, () => String(figures.shift()))
    : "";
}

filter.hidden = false;
input.addEventListener("input", show);
show(); // a browser may have kept what was typed
