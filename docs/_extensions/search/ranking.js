// Rank the pages of a search. Sphinx asks for every word and scores a page by its best word. People
// paste a whole error text, with numbers of their own. So here a page may miss words, rare words
// count more, long pages less, and a heading that says the same counts most; the result then links
// to its section.
Search.performTermsSearch = (searchTerms, excludedTerms) => {
  const { alltitles, docnames, filenames, terms, titles, titleterms } = Search._index;
  const list = (files) => (Array.isArray(files) ? files : [files]);
  const filesOf = (word) =>
    [terms, titleterms].flatMap((index) => (Object.hasOwn(index, word) ? list(index[word]) : []));
  const filesOfPart = (part) =>
    [terms, titleterms].flatMap((index) =>
      Object.keys(index)
        .filter((term) => part.length > 2 && term.includes(part))
        .flatMap((term) => list(index[term])),
    );

  const lengths = new Array(docnames.length).fill(0); // different words of each page
  Object.values(terms).forEach((files) => list(files).forEach((file) => lengths[file]++));
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  const brevity = (file) => 2 / (1 + lengths[file] / mean);

  const rarity = new Map();
  const scores = new Map();
  const add = (file, points) => scores.set(file, (scores.get(file) ?? 0) + points);
  let best = 0;
  for (const word of searchTerms) {
    const whole = new Set(filesOf(word));
    const files = whole.size ? whole : new Set(filesOfPart(word));
    if (!files.size) continue; // a word that stands nowhere says nothing
    rarity.set(word, Math.log(1 + docnames.length / files.size));
    best += rarity.get(word);
    for (const file of files) add(file, (whole.size ? 1 : 0.5) * brevity(file) * rarity.get(word));
  }

  const stemmer = new Stemmer();
  const headings = new Map(); // the best heading of each page
  for (const [title, places] of Object.entries(alltitles)) {
    const words = new Set(splitQuery(title.toLowerCase()).map((word) => stemmer.stemWord(word)));
    const found = [...words].filter((word) => rarity.has(word));
    const points = found.reduce((sum, word) => sum + rarity.get(word), 0);
    const closeness = (1 + found.length / words.size) / 2; // does the heading say much else?
    for (const [file, id] of places)
      if (points * closeness > (headings.get(file)?.points ?? 0))
        headings.set(file, { points: points * closeness, title, id });
  }
  for (const [file, { points }] of headings) add(file, 2 * points);

  for (const word of excludedTerms) filesOf(word).forEach((file) => scores.delete(file));
  const least = Math.max(0, ...scores.values()) / 3; // leave out what hardly fits
  return [...scores]
    .filter(([, score]) => score >= least)
    .map(([file, score]) => {
      const { title, id } = headings.get(file) ?? {};
      const section = id && title !== titles[file];
      return [
        docnames[file],
        section ? `${titles[file]} > ${title}` : titles[file],
        section ? `#${id}` : "",
        null,
        (14 * score) / (4 * best), // below a heading that holds the whole query, which gets 15
        filenames[file],
        SearchResultKind.text,
      ];
    });
};
