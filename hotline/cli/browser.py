"""Opening a page in the browser of whoever sits at this terminal."""

import os
import sys
import threading
import webbrowser
from contextlib import suppress


def open_in_browser(url: str) -> bool:
    """Open ``url`` where somebody can see it; returns whether that was tried. Never fails, never waits."""
    if not _somebody_watches():
        return False
    threading.Thread(target=_open, args=(url,), name="browser", daemon=True).start()
    return True


def _open(url: str) -> None:
    # No browser, a broken one, or one that cannot be started: the address is on the terminal anyway.
    with suppress(webbrowser.Error, OSError):
        webbrowser.open(url)


def _somebody_watches() -> bool:
    """A person at a terminal with a screen; not a build server, and not a machine far away."""
    if os.environ.get("CI") or not sys.stdout.isatty():
        return False
    if sys.platform in ("darwin", "win32"):
        return "SSH_CONNECTION" not in os.environ
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
