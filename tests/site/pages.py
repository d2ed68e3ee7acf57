"""The pages of the built site, in each edition."""

import re
from functools import cache

from built import HTML, PAGES

from languages.editions import EDITIONS, Edition

NOT_LISTED = '<meta name="robots" content="noindex"'


@cache
def read(page: str) -> str:
    """Return the text of a file of the site."""
    return (HTML / page).read_text(encoding="utf-8")


def edition_of(page: str) -> Edition:
    """Return the edition that a page is of."""
    return next(e for e in reversed(EDITIONS) if page.startswith(e.folder))


def canonical(page: str) -> str:
    """Return the address that a page gives as its own."""
    return re.search('rel="canonical" href="(.*?)"', read(page))[1]


#: Those of each edition, and those that are found and listed.
ENGLISH = [page for page in PAGES if edition_of(page) == EDITIONS[0]]
CHINESE = [page for page in PAGES if edition_of(page) == EDITIONS[1]]
LISTED = [page for page in PAGES if NOT_LISTED not in read(page)]
