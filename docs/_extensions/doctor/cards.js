// The answers as cards: a message, other causes, what is nearest, a layer or a shape.

import { fill } from "../tensors/words.js";
import { copy } from "../theme/copy.js";
import { make } from "../theme/elements.js";
import { half, inline, link, messageOf, spaced, withoutMarks } from "./view.js";

/**
 * @param {import("./explain.js").Answer} answer
 * @param {Record<string, string>} texts
 */
const labels = ({ verb, releases }, texts) => {
  const found = [make("span", `doctor-label ${verb}`, texts[verb])];
  if (releases) found.push(make("span", "doctor-label", fill(texts.releases, { releases })));
  return make("p", "doctor-labels", ...found);
};

/**
 * @param {string} code
 * @param {Record<string, string>} texts
 */
const copyButton = (code, texts) => {
  const button = make("button", "doctor-copy", texts.copy);
  button.setAttribute("type", "button");
  button.addEventListener("click", () => copy(button, withoutMarks(code), texts.copied));
  return button;
};

/**
 * @param {string} className
 * @param {string} label - of the section
 * @param {string} name
 * @param {...(Node | string)} content
 */
const group = (className, label, name, ...content) => {
  const element = make("div", className, ...content);
  if (label) element.dataset.section = label;
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", name);
  return element;
};

/**
 * The best answer, in full.
 *
 * @param {import("./explain.js").Answer} answer
 * @param {import("./explain.js").Explanation} explained
 * @param {Record<string, string>} texts
 * @param {URL} root
 */
export const card = (answer, explained, texts, root) => {
  const { says, more, wrong, right, wrongTitle, rightTitle, other, explorer } = answer;
  const head = make("div", "doctor-head", labels(answer, texts), ...messageOf(explained, texts));
  const body = make("div", "doctor-body");
  const [sentence, rest] = more === undefined ? sentences(says ?? "") : [says ?? "", ""];
  body.append(make("p", "", make("strong", "", ...inline(sentence, root)), ...inline(rest, root)));
  const halves = make("div", "doctor-halves");
  if (wrong) halves.append(half("fails", wrongTitle ?? texts.wrong, wrong));
  if (right) halves.append(half("runs", rightTitle ?? texts.right, right));
  if (wrong || right) body.append(halves);
  if (more) body.append(make("p", "doctor-more", ...inline(more, root)));
  if (other) body.append(make("p", "", make("b", "", spaced(texts.other)), ...inline(other, root)));
  const ways = [link(texts.read, answer.address, root)];
  if (explorer) ways.push(link(texts.explorer, `explorer.html#${explorer}`, root));
  const foot = make("p", "doctor-foot", ...ways);
  if (right) foot.append(copyButton(right, texts));
  foot.append(make("span", "doctor-promise", texts.promise));
  return group("doctor-card", answer.label, answer.heading, head, body, foot);
};

/**
 * The first sentence, and the others with the space before them.
 *
 * @param {string} text
 */
const sentences = (text) => {
  const end = /[.:?](?= [A-Z`“])|。(?=.)/.exec(text);
  return end ? [text.slice(0, end.index + 1), text.slice(end.index + 1)] : [text, ""];
};

/**
 * Other answers, each with what tells it from the first.
 *
 * @param {string} title
 * @param {import("./explain.js").Answer[]} answers
 * @param {URL} root
 */
export const list = (title, answers, root) => {
  const items = answers.map(({ label, heading, address, says }) => {
    const item = make(
      "li",
      "",
      link(heading, address, root),
      make("p", "", ...inline(says ?? "", root)),
    );
    item.dataset.section = label;
    return item;
  });
  return make("div", "doctor-card", make("p", "", title), make("ul", "", ...items));
};

/**
 * What is nearest, where no section knows the message.
 *
 * @param {string} title
 * @param {import("./nearest.js").Near[]} found
 * @param {Record<string, import("./explain.js").Section>} sections
 * @param {URL} root
 */
export const nearCard = (title, found, sections, root) => {
  const items = found.map(({ label, heading, address, page, excerpt }) => {
    const words = sections[label]?.says ?? excerpt;
    const where = make("small", "", heading === page ? "" : page);
    const item = make(
      "li",
      "",
      link(heading, address, root),
      where,
      make("p", "", ...inline(words, root)),
    );
    item.dataset.section = label;
    return item;
  });
  return make(
    "div",
    "doctor-card",
    make("p", "", make("strong", "", title)),
    make("ul", "", ...items),
  );
};

/**
 * A layer or a shape, and the way to the explorer with its fields filled in.
 *
 * @param {import("../explorer/pasted.js").Pasted} pasted
 * @param {string[]} shapes - of the layer
 * @param {string} title
 * @param {Record<string, string>} texts
 * @param {URL} root
 */
export const pastedCard = (pasted, shapes, title, texts, root) => {
  const { fields, layer, shape, unread, refused, other } = pasted;
  const address = `explorer.html${other ? "" : `#${new URLSearchParams(fields)}`}`;
  const code = make("code", "", [layer, shape].filter(Boolean).join("  "));
  const content = [make("p", "doctor-message", code), make("p", "", make("strong", "", title))];
  const values = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
  for (const [text, listed] of /** @type {const} */ ([
    [texts.shapes, shapes],
    [texts.fields, values],
    [texts.unread, unread],
  ])) {
    const codes = listed.flatMap((value, place) => [place ? ", " : "", make("code", "", value)]);
    if (listed.length) content.push(make("p", "doctor-sizes", spaced(text), ...codes));
  }
  if (refused && layer) content.push(make("p", "", texts.refused));
  const body = make("div", "doctor-body", ...content);
  const foot = make("p", "doctor-foot", make("span", "doctor-promise", texts.promise));
  if (values.length || other) foot.prepend(link(texts.open, address, root));
  return group("doctor-card", "", title, body, foot);
};
