// Takes the messages out of what was pasted: a whole traceback, a cell of a notebook, the last line.

/**
 * @typedef {object} Message
 * @property {string} type - of the error or warning, empty where none was pasted
 * @property {string} text - in one line
 */

const MAX_MESSAGE = 1200; // what comes behind is a stack of C++ or a list of signatures

// Colours of a terminal, also where their first character was lost on the way.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with it
const COLOURS = /\u001b\[[0-9;?]*[A-Za-z]|\[(?:\d{1,2};)*\d{1,2}m/g;
const FRAMES = /^[ \t]*[│┃|╭╰╮╯─]+ ?|[ \t]*[│┃╮╯]+[ \t]*$/gm; // boxes that Rich draws
const PREFIXES = /^(?:\[rank\d+\]:|E {2,}|(?:> )+)[ \t]?/gm; // torchrun, pytest, quoted mail

// "RuntimeError: …", "torch._dynamo.exc.Unsupported: …", "model.py:7: UserWarning: …"
const TYPE = String.raw`(?:[A-Za-z_]\w*\.)*[A-Za-z_]*(?:Error|Exception|Warning|Unsupported|Interrupt)`;
const HEAD = new RegExp(String.raw`(?:^|[\s("'\`*:])(${TYPE})[*\`]*(?::\s*(.*)|\s*)$`);
// Where a message ends: another traceback, a frame, the line that a warning shows.
const END =
  /^\s*(?:Traceback \(most recent|During handling of|The above exception|File "|-+> |-{8,}|~*\^+|Cell In ?\[|In \[\d|warnings\.warn\(|return F\.|\*\*\*)/;

/** @param {string} text */
const clean = (text) =>
  text
    .replace(/\r\n?/g, "\n")
    .replace(COLOURS, "")
    .replace(FRAMES, "")
    .replace(PREFIXES, "")
    .replace(/[‘’]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/[\u200b\ufeff]/g, "")
    .replace(/\u00a0/g, " ");

/**
 * Lines as one: a terminal may have divided them between words, or within one.
 *
 * @param {string[]} lines
 */
const inOneLine = (lines) =>
  [...new Set([lines.join(" "), lines.join("")])]
    .map((text) => text.replace(/\s+/g, " ").trim().slice(0, MAX_MESSAGE))
    .filter(Boolean);

/**
 * The messages of a text, the most telling first: the last error of a chain, then those before it,
 * and at last the whole text, for who pasted a message without its type.
 *
 * @param {string} text
 * @returns {Message[]}
 */
export const extract = (text) => {
  const lines = clean(text).split("\n");
  /** @type {Message[]} */
  const found = [];
  for (const [number, line] of lines.entries()) {
    const head = HEAD.exec(line);
    if (!head) continue;
    const rest = lines.slice(number + 1);
    const end = rest.findIndex((other) => END.test(other) || HEAD.test(other));
    const message = [head[2] ?? "", ...(end < 0 ? rest : rest.slice(0, end))];
    const type = head[1].split(".").pop() ?? "";
    found.unshift(...inOneLine(message).map((text) => ({ type, text })));
  }
  const type = found[0]?.type ?? "";
  return [...found, ...inOneLine(lines).map((text) => ({ type, text }))];
};
