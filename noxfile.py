"""
Every task of the project.

``python3 noxfile.py -l`` lists them, and ``python3 noxfile.py`` runs the quick checks. Where nox
is installed, ``nox`` does the same; where it is not, this file installs it into ``.nox`` first.
"""

import functools
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent
CONSTRAINTS = ROOT / ".ci" / "constraints.txt"
PROGRAMS = "Scripts" if os.name == "nt" else "bin"

try:
    import nox
except ModuleNotFoundError:
    # Debian's pip installs only into an environment, and its Python makes none that holds pip.
    launcher = ROOT / ".nox" / f"launcher-{sys.implementation.cache_tag}"
    python = str(launcher / PROGRAMS / "python")
    venv.create(launcher)
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    if subprocess.run([*pip, "--constraint", str(CONSTRAINTS), "nox"]).returncode != 0:
        sys.exit("noxfile.py: nox could not be installed; pip says why above.")
    sys.exit(subprocess.run([python, *sys.argv]).returncode)

nox.needs_version = ">=2026.4"
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_venv = "yes"

# The layers are small: more threads would only wait for each other, and for parallel tests.
os.environ.setdefault("OMP_NUM_THREADS", "1")

PYPROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
PYTEST = ("pytest", "--numprocesses=auto")
SPHINX_FLAGS = ("-n", "-T", "-W")
SCHEMAS = {  # what check-jsonschema calls the format of these files
    "readthedocs": ".readthedocs.yaml",
    "dependabot": ".github/dependabot.yml",
    "github-issue-forms": ".github/ISSUE_TEMPLATE/*.yml",
    "github-workflows": ".github/workflows/*.yml",
}
EDITIONS = {"en": "", "zh_CN": "zh-cn"}  # their languages, and their folders below the first
GALLERY = ("auto_gallery", "_backrefs")  # folders that the gallery makes beside the pages

# One environment serves most tasks: "dev" makes it, and they find its programs first.
os.environ["PATH"] = os.pathsep.join([str(ROOT / ".nox" / "dev" / PROGRAMS), os.environ["PATH"]])
task = functools.partial(nox.session, requires=["dev"], venv_backend="none")


def install(session: nox.Session, group: str) -> None:
    """Install the package and a dependency group, in the versions of the constraints file."""
    packages = nox.project.dependency_groups(PYPROJECT, group)
    wanted = (ROOT / "pyproject.toml").read_text() + CONSTRAINTS.read_text()
    installed = session.env_dir / "installed.txt"  # pip would build the package anew each time
    if installed.exists() and installed.read_text() == wanted:
        return
    session.install("-e.", *packages, env={"PIP_CONSTRAINT": str(CONSTRAINTS)})
    installed.write_text(wanted)


def sphinx(session: nox.Session, builder: str, editions: Iterable[str] = EDITIONS) -> list[Path]:
    """Build the editions with one of Sphinx's builders, from nothing: so nothing old stays."""
    built = {language: folder_of(builder, language) for language in editions}
    doctrees = ROOT / "docs/_build/doctrees" / builder
    for folder in (*built.values(), doctrees, *(ROOT / "docs" / made for made in GALLERY)):
        shutil.rmtree(folder, ignore_errors=True)
    session.run("python", "-m", "gallery", env={"PYTHONPATH": "docs/_extensions"})

    def build(language: str) -> None:
        command = ("sphinx-build", *SPHINX_FLAGS, "-b", builder, "-D", f"language={language}")
        folders = ("-d", str(doctrees / language), *session.posargs, "docs", str(built[language]))
        session.run(*command, *folders)

    with ThreadPoolExecutor() as side_by_side:
        list(side_by_side.map(build, built))
    return list(built.values())


def folder_of(builder: str, language: str) -> Path:
    """Return where an edition is built: one site holds all of them, but a book is one edition."""
    built, place = ROOT / "docs/_build", EDITIONS[language]
    return built / builder / place if builder == "html" else built / place / builder


@nox.session(default=False)
def dev(session: nox.Session) -> None:
    """Install what the other tasks need, all but porting; each of them begins with this."""
    install(session, "dev")


@task(tags=["checks"])
def lint(session: nox.Session) -> None:
    """Check style, types and the files of the services that build the site."""
    session.run("ruff", "check", *session.posargs)
    session.run("ruff", "format", "--check")
    session.run("biome", "check", "--error-on-warnings")
    session.run("mypy")
    session.run("pyright")
    for schema, files in SCHEMAS.items():
        check = ("check-jsonschema", "--quiet", "--builtin-schema", f"vendor.{schema}")
        session.run(*check, *map(str, sorted(Path().glob(files))))


@task(tags=["checks"])
def tests(session: nox.Session) -> None:
    """Compare the package with PyTorch, and run every example of pages and docstrings as pasted."""
    session.run(*PYTEST, *session.posargs)


@task(tags=["checks"])
def repairs(session: nox.Session) -> None:
    """Make each mistake of the pages, and see that its repair repairs, in each case it covers."""
    session.run(*PYTEST, "-q", *session.posargs, "tests/repairs")


@task(tags=["checks"])
def doctest(session: nox.Session) -> None:
    """Run every example of pages and docstrings, and compare what it prints."""
    sphinx(session, "doctest")


@nox.session(default=False, requires=["dev"], tags=["checks"])
def porting(session: nox.Session) -> None:
    """Carry weights to Keras, Flax and ONNX, and compare what the layers return."""
    see_packages_of_dev(session)
    install(session, "porting")
    everything = ("-m", "needs", "--need-all")  # a missing package fails, where tests skips
    paths = ("tests/porting", "tests/pages")
    arguments = (*everything, *session.posargs, *paths)
    session.run("python", "-m", *PYTEST, *arguments, env={"KERAS_BACKEND": "torch"})


def see_packages_of_dev(session: nox.Session) -> None:
    """Let an environment find the packages of "dev" too: PyTorch is large, and it is there."""
    own, dev = (
        Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
        for folder in (session.env_dir, ROOT / ".nox" / "dev")
    )
    (own / "dev.pth").write_text(f"{dev}\n")


@task(tags=["checks"])
def docs(session: nox.Session) -> None:
    """Build the site, with its gallery executed, and try its search."""
    site, *_ = sphinx(session, "html")
    session.run("pytest", "-q", "tests/site")
    session.log(f"python3 -m http.server --directory {site.relative_to(ROOT)}  # to read it")


@task(default=False, tags=["checks"])
def browser(session: nox.Session) -> None:
    """Try the built site in Chromium; as root on Debian, install it first where it is missing."""
    install_browser(session)
    neighbours = "--dist=worksteal"  # a worker keeps the tests of a page, and opens it once
    arguments = ("-q", neighbours, *session.posargs, "tests/browser")
    session.run(*PYTEST, *arguments, env={"CHROMIUM": find_chromium()})


def find_chromium() -> str | None:
    """Return the path of a Chromium that is installed here."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def install_browser(session: nox.Session) -> None:
    """Install Chromium and what Playwright's driver needs, where they are missing and we may."""
    driver = subprocess.run(["playwright", "--version"], capture_output=True).returncode == 0
    missing = ["chromium"] * (find_chromium() is None) + ["libatomic1"] * (not driver)
    quietly = functools.partial(session.run, silent=True, success_codes=range(256))
    if missing and hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        session.log(f"apt-get installs {' and '.join(missing)}, which the browser tests need")
        quietly("apt-get", "update", "-qq")
        quietly("apt-get", "install", "--yes", "-qq", "--no-install-recommends", *missing)
    elif driver and "chromium" in missing:
        session.log("Playwright downloads a Chromium for itself, unless it has one")
        quietly("playwright", "install", "chromium")
    # The tests begin with a trial of both, and say what is still missing.


@task(default=False)
def translate(session: nox.Session) -> None:
    """Bring the catalogs of the translations up to date, and say what is left to translate."""
    (templates,) = sphinx(session, "gettext", ["en"])
    catalogs = ("--pot-dir", str(templates), "--locale-dir", "docs/locale")
    plainly = ("--line-width", "0", "--no-obsolete")
    for language in list(EDITIONS)[1:]:
        session.run("sphinx-intl", "update", *catalogs, "-l", language, *plainly, silent=True)
        place = {"PYTHONPATH": "docs/_extensions"}
        session.run("python", "-m", "languages.tidy", "docs", language, env=place)


@task(default=False)
def soak(session: nox.Session) -> None:
    """Run the property tests with thousands of drawn layers each; takes minutes."""
    session.run("python", "tests/by_hand/soak.py", *session.posargs)


@task(default=False)
def mutate(session: nox.Session) -> None:
    """Break the package in many ways and count how often the tests notice; takes minutes."""
    session.run("python", "tests/by_hand/mutate.py")


@task(default=False)
def bench(session: nox.Session) -> None:
    """Time the answers beside other ways to get them, and write the table; takes minutes."""
    options = ("--benchmark-disable-gc", "--benchmark-min-time=0.001", "--benchmark-columns=min")
    usual = {"OMP_NUM_THREADS": None}  # as PyTorch chooses
    session.run("pytest", "-q", *options, *session.posargs, "tests/by_hand/bench.py", env=usual)


@task(default=False)
def versions(session: nox.Session) -> None:
    """Compare examples and tests with many releases of PyTorch, one by one; takes hours."""
    session.run("python", "tests/by_hand/versions.py", *session.posargs)


@task(default=False)
def old_messages(session: nox.Session) -> None:
    """Make the mistakes of the error pages with PyTorch 1.0 to 1.12; takes half an hour."""
    session.run("python", "tests/by_hand/old_messages", *session.posargs)


@task(default=False)
def crashes(session: nox.Session) -> None:
    """Run lines that end the process with many releases of PyTorch; takes an hour."""
    session.run("python", "tests/by_hand/crashes.py", *session.posargs)


@task(default=False)
def gpu(session: nox.Session) -> None:
    """Try on a GPU what the pages say of one, and record it; needs a GPU, and some minutes."""
    session.run("python", "tests/by_hand/gpu", *session.posargs)


@task(default=False)
def builds(session: nox.Session) -> None:
    """Build the site twice, and after a mistake, and compare every byte."""
    flags = {"SPHINXOPTS": shlex.join(SPHINX_FLAGS)}
    session.run("pytest", "-v", *session.posargs, "tests/by_hand/builds.py", env=flags)


@task(default=False)
def epub(session: nox.Session) -> None:
    """Build the site as an EPUB in each language, for reading offline."""
    for book in sphinx(session, "epub"):
        session.log(f"Open {book / 'RNNGuide.epub'}")


@task(default=False)
def singlehtml(session: nox.Session) -> None:
    """Build the site as one page in each language, for reading offline."""
    for page in sphinx(session, "singlehtml"):
        session.log(f"Open {page / 'index.html'}")


@task(default=False)
def serve(session: nox.Session) -> None:
    """Rebuild and reload one edition while you write: -- -D language=zh_CN for the Chinese one."""
    watched = ("--watch", "rnn_guide", "--watch", "gallery", "--watch", "README.md")
    written = ("--re-ignore", f"docs/({'|'.join(['_build', *GALLERY])})|__pycache__|[.]mo$")
    run_again = ("-D", "sphinx_gallery_conf.run_stale_examples=1")  # the package may have changed
    folders = (*session.posargs, "docs", "docs/_build/serve")
    session.run("sphinx-autobuild", *watched, *written, *run_again, *folders)


@nox.session(default=False)
def lowest(session: nox.Session) -> None:
    """Run the tests and build the site with the oldest versions that pyproject.toml allows."""
    ranges = nox.project.dependency_groups(PYPROJECT, "tests", "docs")
    oldest = [re.sub(">=([^,]+).*", r"==\1", package) for package in ranges]  # a>=2,<3 to a==2
    check_with(session, oldest)


@nox.session(default=False)
def newest(session: nox.Session) -> None:
    """Run the tests and build the site with the newest versions that pip finds."""
    check_with(session, ["--upgrade", *nox.project.dependency_groups(PYPROJECT, "tests", "docs")])


def check_with(session: nox.Session, packages: list[str]) -> None:
    """Run the tests and build the site with other packages than the constraints file names."""
    session.install("-e.", *packages)
    session.run(*PYTEST, "-q")
    sphinx(session, "html")


@nox.session(default=False)
def build(session: nox.Session) -> None:
    """Build the wheel and the sdist into dist, and import the package from each."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "build"), "-c", str(CONSTRAINTS))
    dist = ROOT / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    session.run("python", "-m", "build", *session.posargs)
    for archive in sorted(dist.iterdir()):
        place = str(Path(session.create_tmp()) / archive.suffix[1:])
        session.run("python", "-m", "pip", "install", "--upgrade", "--target", place, str(archive))
        # -I: not from the working folder
        show = (
            f"import sys; sys.path.insert(0, {place!r}); import rnn_guide as g; print(g.__file__)"
        )
        session.run("python", "-I", "-c", show)


@nox.session(default=False)
def lock(session: nox.Session) -> None:
    """Renew the constraints file, all but torch; run it with the oldest Python that we support."""
    pin = next(line for line in CONSTRAINTS.read_text().splitlines() if line.startswith("torch=="))
    groups = nox.project.dependency_groups(PYPROJECT, *PYPROJECT["dependency-groups"])
    backend = PYPROJECT["build-system"]["requires"]
    session.install("--upgrade", *groups, *backend, "editables", pin)
    frozen = session.run("python", "-m", "pip", "freeze", "--all", silent=True)
    lines = [line for line in str(frozen).splitlines() if not line.startswith(("torch==", "pip=="))]
    CONSTRAINTS.write_text("\n".join(sorted([*lines, pin], key=str.lower)) + "\n")


if __name__ == "__main__":
    sys.argv[1:1] = ["--noxfile", __file__]
    nox.main()
