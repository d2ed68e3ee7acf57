"""Fixtures: the built site, served on this machine, and a page of a headless Chromium."""

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from built import HTML
from driver import DRIVE
from playwright.sync_api import Browser, Error, Page, sync_playwright
from server import PREFIX, QUIET, Handler, open_context

NO_SITE = "The site is not built: python3 noxfile.py -s docs builds it."
NO_BROWSER = """The browser does not start, so none of its tests has run.

{reason}

Install Chromium and what Playwright needs. As root on Debian:
    apt-get install chromium libatomic1
Elsewhere:
    .nox/dev/bin/playwright install --with-deps chromium
"""


def pytest_sessionstart(session: pytest.Session) -> None:
    """Try the driver and the browser once: without them each test would fail, and say the same."""
    if hasattr(session.config, "workerinput"):
        return  # a process that has been started after this
    if not (HTML / "index.html").exists():
        raise pytest.UsageError(NO_SITE)
    command = [sys.executable, "-m", "playwright", "--version"]
    driver = subprocess.run(command, capture_output=True, text=True)
    if driver.returncode != 0:
        raise pytest.UsageError(NO_BROWSER.format(reason=driver.stderr.strip()))
    try:
        with start_chromium():
            pass
    except Error as error:
        raise pytest.UsageError(NO_BROWSER.format(reason=error.message.strip())) from None


@contextmanager
def start_chromium() -> Iterator[Browser]:
    """Start the Chromium that the nox session has found, or else the one of Playwright."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Serve the built site and return its address, without a slash at the end."""
    handler = functools.partial(Handler, directory=HTML)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{PREFIX}".rstrip("/")
        server.shutdown()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start a browser for all tests of a process."""
    with start_chromium() as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Open a page in a fresh context."""
    with open_context(chromium) as context:
        yield context.new_page()


@pytest.fixture
def explorer(page, site):
    """Open the explorer; return a function that sets fields and returns the answers."""
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    page.on("dialog", lambda dialog: errors.append(dialog))
    page.goto(f"{site}/explorer.html")
    page.keyboard.press("Shift")  # a reader does something, so the player wakes
    page.locator("[data-player] [data-cell]").first.wait_for()

    yield lambda hover=False, **values: page.evaluate(DRIVE, [values, hover])

    assert errors == []
