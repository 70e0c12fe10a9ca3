"""A real Chromium, the pages served on this machine, and what the browser complains about.

Tests that need it are marked ``browser``; where there is no Chromium they are skipped, and say so.
"""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from werkzeug.serving import make_server

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(autouse=True, scope="session")
def _chromium():
    if not CHROMIUM.exists():
        pytest.skip(f"NOT TESTED: no Chromium at {CHROMIUM}")


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": str(CHROMIUM), "args": FLAGS}


@pytest.fixture
def page(browser) -> Iterator[Page]:
    """A page of a browser without any history."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def address(app) -> Iterator[str]:
    """Where the pages are served, on this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def problems(page: Page) -> list[str]:
    """What the browser complained about: policy violations and script errors."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found
