"""Fixtures: the built site, served on this machine, and a page of a headless Chromium."""

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from served import HTML, PREFIX, QUIET, Handler, open_context


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Serve the built site and return its address, without a slash at the end."""
    assert (HTML / "index.html").exists(), "the site is not built: run nox -s docs first"
    handler = functools.partial(Handler, directory=HTML)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{PREFIX}".rstrip("/")
        server.shutdown()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the Chromium that the nox session has found."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Open a page in a fresh context."""
    with open_context(chromium) as context:
        yield context.new_page()
