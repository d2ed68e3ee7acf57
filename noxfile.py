"""
Every task of the project.

``nox -l`` lists them and ``nox`` runs the checks. Where nox is not installed yet,
``python3 noxfile.py`` takes the same arguments and installs it first.
"""

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
CONSTRAINTS = ROOT / ".ci" / "constraints.txt"

try:
    import nox
except ModuleNotFoundError:
    # In an environment of its own: Debian's pip installs nowhere else.
    launcher = ROOT / ".nox" / "launcher"
    python = str(launcher / ("Scripts" if os.name == "nt" else "bin") / "python")
    venv.create(launcher)
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    subprocess.run([*pip, "--constraint", str(CONSTRAINTS), "nox"], check=True)
    sys.exit(subprocess.run([python, *sys.argv]).returncode)

nox.needs_version = ">=2026.4"
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_venv = "yes"

# The layers are small: more threads would only wait for each other, and for parallel tests.
os.environ.setdefault("OMP_NUM_THREADS", "1")

PYPROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
PYTEST = ("pytest", "--numprocesses=auto")
SPHINX = ("sphinx-build", "-n", "-T", "-W", "--keep-going")


def install(session: nox.Session, group: str) -> None:
    """Install the package and a dependency group, in the versions of the constraints file."""
    packages = nox.project.dependency_groups(PYPROJECT, group)
    wanted = (ROOT / "pyproject.toml").read_text() + CONSTRAINTS.read_text()
    installed = session.env_dir / "installed.txt"  # pip takes seconds to find that out
    if installed.exists() and installed.read_text() == wanted:
        return
    session.install("-e.", *packages, env={"PIP_CONSTRAINT": str(CONSTRAINTS)})
    installed.write_text(wanted)


def sphinx(session: nox.Session, builder: str) -> Path:
    """Build the site with one of Sphinx's builders, from nothing: so nothing old stays."""
    built, doctrees = ROOT / "docs/_build" / builder, ROOT / "docs/_build/doctrees" / builder
    for folder in (built, doctrees, ROOT / "docs/auto_gallery", ROOT / "docs/_backrefs"):
        shutil.rmtree(folder, ignore_errors=True)
    folders = ("-d", str(doctrees), *session.posargs, "docs", str(built))
    session.run(*SPHINX, "-b", builder, *folders)
    return built


@nox.session(tags=["checks"])
def lint(session: nox.Session) -> None:
    """Check style, types and the files of the services that build the site."""
    install(session, "lint")
    session.run("ruff", "check", *session.posargs)
    session.run("ruff", "format", "--check")
    session.run("biome", "check", "--error-on-warnings")
    session.run("mypy")
    check = ("check-jsonschema", "--quiet", "--builtin-schema")
    session.run(*check, "vendor.readthedocs", ".readthedocs.yaml")
    workflows = map(str, sorted(Path(".github/workflows").glob("*.yml")))
    session.run(*check, "vendor.github-workflows", *workflows)


@nox.session(tags=["checks"])
def tests(session: nox.Session) -> None:
    """Compare the package with PyTorch, and run every example of pages and docstrings as pasted."""
    install(session, "tests")
    session.run(*PYTEST, *session.posargs)


@nox.session(tags=["checks"])
def doctest(session: nox.Session) -> None:
    """Run every example of pages and docstrings, and compare what it prints."""
    install(session, "docs")
    sphinx(session, "doctest")


@nox.session(default=False, tags=["checks"])
def porting(session: nox.Session) -> None:
    """Carry weights to Keras, Flax and ONNX, and compare what the layers return."""
    install(session, "porting")
    everything = ("-m", "needs", "--need-all")  # a missing package fails, where tests skips
    paths = ("tests/porting", "tests/pages")
    session.run(*PYTEST, *everything, *session.posargs, *paths, env={"KERAS_BACKEND": "torch"})


@nox.session(tags=["checks"])
def docs(session: nox.Session) -> None:
    """Build the site, with its gallery executed, and try its search."""
    install(session, "docs")
    site = sphinx(session, "html")
    session.run("pytest", "-q", "tests/site")
    session.log(f"python3 -m http.server --directory {site.relative_to(ROOT)}  # to read it")


@nox.session(default=False, tags=["checks"])
def browser(session: nox.Session) -> None:
    """Try the built site in a browser."""
    install(session, "browser")
    chromium = find_chromium(session)
    session.run("pytest", "-q", *session.posargs, "tests/browser", env=chromium)


def find_chromium(session: nox.Session) -> dict[str, str]:
    """Return the variable that names a Chromium: one that is there, or else one installed now."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None and hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        session.run("apt-get", "update", "-qq", external=True, success_codes=range(256))
        apt = ("apt-get", "install", "--yes", "-qq", "--no-install-recommends", "chromium")
        session.run(*apt, external=True, silent=True, success_codes=range(256))
        program = shutil.which("chromium")
    if program is not None:
        return {"CHROMIUM": program}
    try:
        session.run("playwright", "install", "chromium")
    except nox.command.CommandFailed:
        session.error("No Chromium. Install one, such as Debian's package chromium, and try again")
    return {}


@nox.session(default=False)
def soak(session: nox.Session) -> None:
    """Run the property tests with thousands of drawn layers each; takes minutes."""
    install(session, "tests")
    session.run("python", "tests/by_hand/soak.py", *session.posargs)


@nox.session(default=False)
def mutate(session: nox.Session) -> None:
    """Break the package in many ways and count how often the tests notice; takes minutes."""
    install(session, "tests")
    session.run("python", "tests/by_hand/mutate.py")


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Time the answers beside other ways to get them, and write the table; takes minutes."""
    install(session, "bench")
    options = ("--benchmark-disable-gc", "--benchmark-min-time=0.001", "--benchmark-columns=min")
    usual = {"OMP_NUM_THREADS": None}  # as PyTorch chooses
    session.run("pytest", "-q", *options, *session.posargs, "tests/by_hand/bench.py", env=usual)


@nox.session(default=False)
def builds(session: nox.Session) -> None:
    """Build the site twice, and after a mistake, and compare every byte."""
    install(session, "docs")
    session.run("pytest", "-v", *session.posargs, "tests/by_hand/builds.py")


@nox.session(default=False)
def epub(session: nox.Session) -> None:
    """Build the site as an EPUB, for reading offline."""
    install(session, "docs")
    book = sphinx(session, "epub")
    session.log(f"Open {book / 'RNNGuide.epub'}")


@nox.session(default=False)
def singlehtml(session: nox.Session) -> None:
    """Build the site as one page, for reading offline."""
    install(session, "docs")
    page = sphinx(session, "singlehtml")
    session.log(f"Open {page / 'index.html'}")


@nox.session(default=False)
def serve(session: nox.Session) -> None:
    """Rebuild and reload the site while you write."""
    install(session, "serve")
    watched = ("--watch", "rnn_guide", "--watch", "gallery", "--watch", "README.md")
    written = ("--re-ignore", "docs/(_build|_backrefs|auto_gallery)|__pycache__")
    run_again = ("-D", "sphinx_gallery_conf.run_stale_examples=1")  # the package may have changed
    folders = (*session.posargs, "docs", "docs/_build/serve")
    session.run("sphinx-autobuild", *watched, *written, *run_again, *folders)


@nox.session(default=False)
def lowest(session: nox.Session) -> None:
    """Run the tests and build the site with the oldest versions that pyproject.toml allows."""
    ranges = nox.project.dependency_groups(PYPROJECT, "tests", "docs")
    oldest = [re.sub(">=([^,]+).*", r"==\1", package) for package in ranges]  # a>=2,<3 to a==2
    session.install("-e.", *oldest)
    session.run(*PYTEST, "-q")
    sphinx(session, "html")


@nox.session(default=False)
def build(session: nox.Session) -> None:
    """Build the wheel and the sdist, and import the package from each."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "build"), "-c", str(CONSTRAINTS))
    dist = Path(session.create_tmp()) / "dist"
    session.run("python", "-m", "build", "--outdir", str(dist), *session.posargs)
    for archive in sorted(dist.iterdir()):
        place = str(dist.parent / archive.suffix[1:])
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
