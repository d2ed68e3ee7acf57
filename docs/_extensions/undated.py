"""Take the dates out of the archives to download, so that two builds give the same files."""

import zipfile
from pathlib import Path

from sphinx.application import Sphinx


def rewrite(app: Sphinx, error: Exception | None) -> None:
    """Write each archive again, with the first date that the format knows."""
    if error:
        return
    for path in Path(app.outdir).glob("_downloads/*/*.zip"):
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the step."""
    app.connect("build-finished", rewrite)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
