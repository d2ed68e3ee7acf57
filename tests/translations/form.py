"""What Chinese technical writing looks like: its spaces, punctuation, quotes and emphasis."""

import re
from collections.abc import Iterator

from markup import CODE, END, MARKED, START, prose, without_code

HAN = "\u4e00-\u9fff"
MARKS = "，。；：？！（）、“”《》"
#: What is found in the prose of a text, and what is wrong there.
FAULTS = {
    rf"[{HAN}][A-Za-z0-9{CODE}{START}]|[A-Za-z0-9{CODE}{END}][{HAN}]": "a space is missing",
    rf"[{MARKS}] | [{MARKS}]": "a space beside Chinese punctuation",
    rf"[{HAN}”）][,;:?!](?!\w)|[{HAN}”）]\.(?:\s|$)|[,;:?!] ?[{HAN}]": "punctuation is not Chinese",
    rf"[{HAN}]\(|\)[{HAN}]": "brackets are not Chinese",
    r"\"|[‘’「」『』]": "quotes are not “ ”",
    "您": "你, not 您",
}
#: A letter for Markdown: neither space nor punctuation.
LETTER = rf"[A-Za-z0-9{HAN}]"
OUTSIDE = {
    rf"{LETTER}\*\*(?!{LETTER})[^*]+\*\*": "bold begins with punctuation behind a letter",
    rf"\*\*[^*]*[^*{HAN}A-Za-z0-9]\*\*{LETTER}": "bold ends with punctuation before a letter",
}


#: Words that no name of a thing has: where they stand alone, nobody has translated.
ENGLISH = re.compile(r"\b(?:the|is|are|of|to|in|with|from|an|a)\b")


def faults(chinese: str) -> list[str]:
    """Return what is wrong with the form of a text."""
    return [*_of_prose(prose(chinese)), *_of_emphasis(MARKED.sub(CODE, chinese))]


def faults_of_comment(chinese: str) -> list[str]:
    """Return what is wrong with the form of a comment in code."""
    return list(_of_prose(without_code(chinese)))


def _of_prose(text: str) -> Iterator[str]:
    bare = text.replace("**", "")
    for pattern, what in FAULTS.items():
        yield from (f"{what}: {shown(match)}" for match in re.finditer(pattern, bare))
    if re.sub("[^“”]", "", bare).replace("“”", ""):
        yield "quotes are not in pairs"
    if ENGLISH.search(bare) and not re.search(f"[{HAN}“]", bare):
        yield "it is English"
    if old := "".join(sign for sign in re.findall(f"[{HAN}]", text) if not _is_simplified(sign)):
        yield f"not simplified: {old}"


def _of_emphasis(text: str) -> Iterator[str]:
    """Yield italics, and bold that Markdown does not take as bold."""
    yield from (
        f"italics: {shown(match)}"
        for match in re.finditer(r"\*[^\s*][^*]*\*|(?<!\w)_[^_\s]+_(?!\w)", text.replace("**", ""))
    )
    pieces = re.split(r"(\*\*)", text)
    bold = ["".join(pieces[at : at + 5]) for at in range(0, len(pieces) - 4, 4)]
    for part in bold:
        for pattern, what in OUTSIDE.items():
            yield from (f"{what}: {shown(match)}" for match in re.finditer(pattern, part))


def shown(match: re.Match[str]) -> str:
    """Return what was found, with what stands around it."""
    start, end = match.span()
    return match.string[max(0, start - 6) : end + 6]


def _is_simplified(sign: str) -> bool:
    """Return whether the standard of simplified characters has this one."""
    try:
        return bool(sign.encode("gb2312"))
    except UnicodeEncodeError:
        return False
