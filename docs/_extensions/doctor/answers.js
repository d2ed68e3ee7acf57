// What the box answers: a message is explained, a layer or a shape leads to the explorer, and else
// the search says what is nearest.

import { readPasted } from "../explorer/pasted.js";
import { fill } from "../tensors/words.js";
import { card, list, nearCard, pastedCard } from "./cards.js";
import { explain, prepare } from "./explain.js";
import { shapesOf } from "./layer.js";

export { prepare };

const MOST_NEAR = 4;

/** @param {string} text */
const plain = (text) => text.replace(/`|\]\([^)]*\)|\[(?=[^\]]*\]\()/g, "");

/** @typedef {{ nodes: Node[], said: string }} Shown */

/**
 * @param {import("./explain.js").Guide} guide
 * @param {string} text
 * @param {(text: string, most: number) => Promise<import("./nearest.js").Near[]>} nearest
 * @param {URL} root - the top of the site
 * @returns {Promise<Shown>}
 */
export const answerTo = async (guide, text, nearest, root) => {
  const { texts } = guide;
  const explained = explain(guide, text);
  if (explained) {
    const [first, ...others] = explained.answers;
    const nodes = [card(first, explained, texts, root)];
    if (others.length) nodes.push(list(texts.others, others, root));
    return { nodes, said: plain(first.says ?? first.heading) };
  }
  const pasted = readPasted(text, guide.rules);
  if (pasted) {
    const { layer, other, refused } = pasted;
    const title = layer ? texts.layer : texts.shape;
    const alone = other ? fill(texts.no_input, { name: other }) : texts.refused;
    const said = (other || refused) && !layer ? alone : title;
    const shapes = layer ? shapesOf(guide.shapes, pasted.fields) : [];
    return { nodes: [pastedCard(pasted, shapes, said, texts, root)], said };
  }
  const found = await nearest(text, MOST_NEAR);
  const said = found.length ? texts.nearest : texts.nothing;
  return { nodes: [nearCard(said, found, guide.sections, root)], said };
};
