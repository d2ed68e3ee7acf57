"""Archives without dates, so that two builds are equal: the gallery's downloads, and the book."""

import zipfile
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata


def drop_dates(app: Sphinx, error: Exception | None) -> None:
    """Write each archive again, every member with the first date that the format knows."""
    if error:
        return
    folder = Path(app.outdir)
    for path in (*folder.glob("_downloads/*/*.zip"), *folder.glob("*.epub")):
        with zipfile.ZipFile(path) as archive:
            members = [(member, archive.read(member)) for member in archive.infolist()]
        with zipfile.ZipFile(path, "w") as archive:
            for member, content in members:
                undated = zipfile.ZipInfo(member.filename)
                archive.writestr(undated, content, compress_type=member.compress_type)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the step."""
    app.connect("build-finished", drop_dates)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
