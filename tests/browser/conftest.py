"""Fixtures: the built site, served on this machine, and a page of a headless Chromium."""

import functools
import http.server
import os
import shutil
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[2]
HTML = ROOT / "docs" / "_build" / "html"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PREFIX = urlsplit(PROJECT["urls"]["Documentation"]).path
QUIET = (  # Chromium makes no request of its own
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
)


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serve the site below the path that it has on its host, with its page for lost readers."""

    def translate_path(self, path: str) -> str:
        return super().translate_path("/" + path.removeprefix(PREFIX))

    def send_error(self, code: int, *arguments: object) -> None:
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((HTML / "404.html").read_bytes())

    def log_message(self, *arguments: object) -> None:
        """Keep the output of the tests free of requests."""


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


def open_context(chromium: Browser) -> BrowserContext:
    """Return a fresh context, which has visited nothing and may use the clipboard."""
    return chromium.new_context(permissions=["clipboard-read", "clipboard-write"])


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """Open a page in a fresh context."""
    with open_context(chromium) as context:
        yield context.new_page()
