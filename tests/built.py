"""The built site: its folder, and its pages."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
HTML = ROOT / "docs" / "_build" / "html"
MOVED = tomllib.loads((ROOT / "docs" / "moved.toml").read_text(encoding="utf-8"))
GONE: dict[str, str] = MOVED.pop("pages that are gone")
#: All pages of both editions, without those that only lead on.
PAGES = sorted(
    page
    for page in (path.relative_to(HTML).as_posix() for path in HTML.rglob("*.html"))
    if page.removeprefix("zh-cn/").removesuffix(".html") not in GONE
)
