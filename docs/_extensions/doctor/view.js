// Draws answers as elements. Texts come from Python; what a reader pasted is never read as markup.

import { make } from "../theme/elements.js";

const BACKTICKS = /`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)/g;

/**
 * @param {string} text
 * @param {string} address
 * @param {URL} root
 */
export const link = (text, address, root) => {
  const element = document.createElement("a");
  element.href = new URL(address, root).href;
  element.append(text);
  return element;
};

/**
 * A text with its `code` and its [links](address).
 *
 * @param {string} text
 * @param {URL} root
 * @returns {(Node | string)[]}
 */
export const inline = (text, root) => {
  /** @type {(Node | string)[]} */
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(BACKTICKS)) {
    const [all, code, words, address] = found;
    parts.push(text.slice(at, found.index));
    parts.push(code ? make("code", "", code) : link(words, address, root));
    at = found.index + all.length;
  }
  return [...parts, text.slice(at)];
};

/**
 * A text with the space behind it, which a wide sign at its end has already.
 *
 * @param {string} text
 */
export const spaced = (text) => (/[：？]$/.test(text) ? text : `${text} `);

/**
 * A piece of code; what stands in « » is marked.
 *
 * @param {string} code
 */
const marked = (code) =>
  code.split(/[«»]/).map((part, place) => (place % 2 ? make("strong", "", part) : part));

/** @param {string} code */
export const withoutMarks = (code) => code.replace(/[«»]/g, "");

/**
 * @param {"fails" | "runs"} side
 * @param {string} title
 * @param {string} code
 */
export const half = (side, title, code) => {
  const sign = make("span", "", side === "fails" ? "✕ " : "✓ ");
  sign.setAttribute("aria-hidden", "true");
  const lines = code.split("\n").map((line) => make("span", "line", ...marked(line), "\n"));
  const pre = make("pre", "", make("code", "", ...lines));
  return make("div", `doctor-half ${side}`, make("p", "", sign, title), pre);
};

/**
 * The message, its numbers underlined in the colours of their axes, and the axes in words.
 *
 * @param {import("./explain.js").Explanation} explained
 * @param {Record<string, string>} texts
 */
export const messageOf = ({ parts }, texts) => {
  const shown = parts.map(({ text, axis, fault }) => {
    if (axis === undefined) return text;
    const number = make("b", `${fault ? "fault" : axis} number`, text);
    if (fault) number.append(make("span", "doctor-hidden", ` (${texts.fault})`));
    return number;
  });
  const axes = [...new Set(parts.map(({ axis, fault }) => (fault ? "" : axis)).filter(Boolean))];
  const legend = axes.map((axis) => make("span", `${axis} number`, texts[String(axis)]));
  if (parts.some(({ fault }) => fault))
    legend.push(make("span", "fault number", `✕ ${texts.fault}`));
  const line = make("p", "doctor-message", make("code", "", ...shown));
  return legend.length ? [line, make("p", "doctor-legend", ...legend)] : [line];
};
