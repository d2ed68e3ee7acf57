"""
What ``nox -s translate`` does behind sphinx-intl: catalogs without noise, and what is left to do.

A header with dates would differ each time, and the catalog of a page that is gone would stay.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

from languages.missing import has_words

HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"""


def tidy(catalogs: Path, templates: Path, language: str) -> Iterator[str]:
    """Write each catalog with a plain header, and yield what is left to translate in it."""
    for path in sorted(catalogs.rglob("*.po")):
        name = path.relative_to(catalogs)
        if not (templates / name.with_suffix(".pot")).exists():
            path.unlink()
            continue
        _, _, messages = path.read_text(encoding="utf-8").partition("\n\n")
        header = HEADER.format(language=language)
        path.write_text(f"{header}\n{messages}", encoding="utf-8")
        missing = left(path)
        if missing:
            yield f"{name.with_suffix('')}: {len(missing)}"
            yield from (f"    {text}" for text in missing)


def left(path: Path) -> list[str]:
    """Return the texts of a catalog that have no translation, or one of an older text."""
    with path.open("rb") as file:
        messages = list(read_po(file))
    texts = [str(m.id) for m in messages if m.id and (m.fuzzy or not m.string)]
    return [" ".join(text.split()) for text in texts if has_words(text)]


def main(docs: str, language: str) -> None:
    """Say what is left to translate."""
    catalogs = Path(docs, "locale", language, "LC_MESSAGES")
    lines = list(tidy(catalogs, Path(docs, "_build", "gettext"), language))
    print("\n".join(lines) if lines else "Nothing is left to translate.")


if __name__ == "__main__":
    main(*sys.argv[1:])
