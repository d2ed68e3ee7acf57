"""The pages of the built site, in each edition."""

import re
import tomllib
from functools import cache

from scripts import HTML, ROOT

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


#: Every HTML file, with its folder; those of each edition; and those that are found and listed.
GONE = tomllib.loads((ROOT / "docs" / "moved.toml").read_text("utf-8"))["pages that are gone"]
#: All pages, without those that only lead on.
ALL = sorted(
    page
    for page in (path.relative_to(HTML).as_posix() for path in HTML.rglob("*.html"))
    if page.removeprefix("zh-cn/").removesuffix(".html") not in GONE
)
ENGLISH = [page for page in ALL if edition_of(page) == EDITIONS[0]]
CHINESE = [page for page in ALL if edition_of(page) == EDITIONS[1]]
LISTED = [page for page in ALL if NOT_LISTED not in read(page)]
