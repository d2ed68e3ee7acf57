// Rank the pages of a search. Sphinx asks for every word and scores a page by its best word; people
// paste a whole error text. So here a page may miss words, and rare words and titles count more.
Search.performTermsSearch = (searchTerms, excludedTerms) => {
  const { docnames, filenames, terms, titles, titleterms } = Search._index;
  const list = (files) => (Array.isArray(files) ? files : [files]);
  const filesOf = (index, word) => (Object.hasOwn(index, word) ? list(index[word]) : []);
  const partial = (index, word) =>
    Object.keys(index)
      .filter((term) => word.length > 2 && term.includes(word))
      .flatMap((term) => list(index[term]));

  const scores = new Map();
  let best = 0;
  for (const word of searchTerms) {
    const weights = new Map();
    const add = (files, weight) => files.forEach((file) => weights.has(file) || weights.set(file, weight));
    add(filesOf(titleterms, word), 3);
    add(filesOf(terms, word), 1);
    if (!weights.size) {
      add(partial(titleterms, word), 1.5);
      add(partial(terms, word), 0.5);
    }
    if (!weights.size) continue; // a word that stands nowhere says nothing
    const rarity = Math.log(1 + docnames.length / weights.size);
    best += 3 * rarity;
    weights.forEach((weight, file) => scores.set(file, (scores.get(file) ?? 0) + weight * rarity));
  }

  for (const word of excludedTerms) {
    for (const index of [terms, titleterms]) filesOf(index, word).forEach((file) => scores.delete(file));
  }
  const worst = Math.max(0, ...scores.values()) / 3; // leave out what hardly fits
  return [...scores]
    .filter(([, score]) => score >= worst)
    .map(([file, score]) => [
      docnames[file],
      titles[file],
      "",
      null,
      (14 * score) / best, // at most 14: below a title that holds the whole query
      filenames[file],
      SearchResultKind.text,
    ]);
};
