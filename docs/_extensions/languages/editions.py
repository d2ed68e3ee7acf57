"""The editions of the guide, and where each stands on the site."""

from typing import NamedTuple


class Edition(NamedTuple):
    """The guide in one language."""

    language: str  # as Sphinx calls it
    tag: str  # as HTML calls it
    name: str  # as its readers do
    sign: str  # the same where there is little room
    folder: str  # its place below the first edition, with a slash at the end


EDITIONS = [
    Edition("en", "en", "English", "EN", ""),
    Edition("zh_CN", "zh-CN", "中文", "中文", "zh-cn/"),
]


def edition_of(language: str | None) -> Edition:
    """Return the edition that a build makes."""
    return next(edition for edition in EDITIONS if edition.language == (language or "en"))
