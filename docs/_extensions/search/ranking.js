// The ranking of a search, in the place of the one in Sphinx's searchtools.js (written against Sphinx
// 9.0). Sphinx asks for every word and scores a page by its best word. People paste a whole error
// text, with numbers of their own. So here a page may miss words, rare words count more, long pages
// less, and a heading that says the same counts most; the result then links to its section.

/**
 * @typedef {number | number[]} Files - one page or several, by number
 * @typedef {[page: string, title: string, anchor: string, description: null, score: number,
 *   file: string, kind: string]} Found - what Sphinx shows
 */

/** @param {Files} files */
const list = (files) => (Array.isArray(files) ? files : [files]);

/**
 * The pages that hold a word, in their text or in a title.
 *
 * @param {string} word
 */
const filesOf = (word) =>
  [Search._index.terms, Search._index.titleterms].flatMap((index) =>
    Object.hasOwn(index, word) ? list(index[word]) : [],
  );

/**
 * The pages that hold a longer word with this part.
 *
 * @param {string} part
 */
const filesOfPart = (part) =>
  [Search._index.terms, Search._index.titleterms].flatMap((index) =>
    Object.keys(index)
      .filter((term) => part.length > 2 && term.includes(part))
      .flatMap((term) => list(index[term])),
  );

/**
 * The neighbouring words of a text, numbers too: only they tell "3 dimensions, got 2" from "2
 * dimensions, got 3".
 *
 * @param {string} text
 */
const neighbours = (text) => {
  const words = splitQuery(text.toLowerCase());
  return words.slice(1).map((word, index) => `${words[index]} ${word}`);
};

let asked = new Set(); // the neighbours of the query, which Sphinx takes apart
const parseQuery = Search._parseQuery;
Search._parseQuery = (/** @type {string} */ query) => {
  asked = new Set(neighbours(query));
  return parseQuery(query);
};

/** How short each page is, by number: 1 for the mean, up to 2. */
const brevities = () => {
  const { docnames, terms } = Search._index;
  const words = new Array(docnames.length).fill(0); // different ones on each page
  for (const file of Object.values(terms).flatMap(list)) words[file] += 1;
  const mean = words.reduce((sum, count) => sum + count, 0) / words.length;
  return words.map((count) => 2 / (1 + count / mean));
};

/**
 * The heading of each page that holds most of the words.
 *
 * @param {Map<string, number>} rarity - what each word counts
 * @returns {Map<number, { points: number, title: string, id: string }>}
 */
const bestHeadings = (rarity) => {
  const stemmer = new Stemmer();
  const best = new Map();
  for (const [title, places] of Object.entries(Search._index.alltitles)) {
    const words = new Set(splitQuery(title.toLowerCase()).map((word) => stemmer.stemWord(word)));
    const found = [...words].filter((word) => rarity.has(word));
    const closeness = (1 + found.length / words.size) / 2; // does the heading say much else?
    const pairs = neighbours(title);
    const order = pairs.filter((pair) => asked.has(pair)).length / Math.max(1, pairs.length);
    const rare = found.reduce((sum, word) => sum + rarity.get(word), 0);
    const points = closeness * rare * (1 + order / 4);
    for (const [file, id] of places) {
      if (points > (best.get(file)?.points ?? 0)) best.set(file, { points, title, id });
    }
  }
  return best;
};

/**
 * @param {Set<string>} searchTerms
 * @param {Set<string>} excludedTerms
 * @returns {Found[]}
 */
Search.performTermsSearch = (searchTerms, excludedTerms) => {
  const { docnames, filenames, titles } = Search._index;
  const brevity = brevities();
  const rarity = new Map();
  const scores = new Map();
  /**
   * @param {number} file
   * @param {number} points
   */
  const add = (file, points) => scores.set(file, (scores.get(file) ?? 0) + points);
  let most = 0;
  for (const word of searchTerms) {
    const whole = new Set(filesOf(word));
    const files = whole.size ? whole : new Set(filesOfPart(word));
    if (!files.size) continue; // a word that stands nowhere says nothing
    const points = Math.log(1 + docnames.length / files.size);
    rarity.set(word, points);
    most += points;
    for (const file of files) add(file, (whole.size ? 1 : 0.5) * brevity[file] * points);
  }
  const headings = bestHeadings(rarity);
  for (const [file, { points }] of headings) add(file, 2 * points);
  for (const file of [...excludedTerms].flatMap(filesOf)) scores.delete(file);

  const least = Math.max(0, ...scores.values()) / 3; // leave out what hardly fits
  const found = [...scores].filter(([, score]) => score >= least);
  return found.map(([file, score]) => {
    const { title, id } = headings.get(file) ?? {};
    const section = id && title !== titles[file];
    return [
      docnames[file],
      section ? `${titles[file]} > ${title}` : titles[file],
      section ? `#${id}` : "",
      null,
      (14 * score) / (4 * most), // below a heading that holds the whole query, which gets 15
      filenames[file],
      SearchResultKind.text,
    ];
  });
};
