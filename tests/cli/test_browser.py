"""The lab is opened in a browser for whoever can see it, and for nobody else."""

import threading
import webbrowser

import pytest

from hotline.cli import browser


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was opened; at first there is a terminal, and no screen."""
    found: list[str] = []
    monkeypatch.setattr(webbrowser, "open", found.append)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    for name in ("CI", "DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    return found


def settle() -> None:
    for thread in threading.enumerate():
        if thread.name == "browser":
            thread.join(10)


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"])
def test_where_there_is_a_screen_it_is_opened(opened: list[str], monkeypatch, name: str) -> None:
    monkeypatch.setenv(name, "yes")
    assert browser.open_in_browser("http://127.0.0.1:8401")
    settle()
    assert opened == ["http://127.0.0.1:8401"]


def test_without_a_screen_nothing_is_tried(opened: list[str]) -> None:
    assert not browser.open_in_browser("http://127.0.0.1:8401")
    assert opened == []


@pytest.mark.parametrize("spoiler", ["CI", "pipe"])
def test_nobody_watches_a_build_server_or_a_pipe(opened: list[str], monkeypatch, spoiler: str) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    if spoiler == "CI":
        monkeypatch.setenv("CI", "true")
    else:
        monkeypatch.setattr("sys.stdout.isatty", lambda: False, raising=False)
    assert not browser.open_in_browser("http://127.0.0.1:8401")
    assert opened == []


@pytest.mark.parametrize(("far", "is_opened"), [(True, False), (False, True)])
def test_a_mac_opens_it_unless_it_is_far_away(
    opened: list[str], monkeypatch, far: bool, is_opened: bool
) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    if far:
        monkeypatch.setenv("SSH_CONNECTION", "somewhere")
    assert browser.open_in_browser("http://127.0.0.1:8401") is is_opened
    settle()


@pytest.mark.parametrize("error", [webbrowser.Error("none"), OSError("gone")])
def test_a_browser_that_cannot_be_started_breaks_nothing(opened: list[str], monkeypatch, error) -> None:
    def refuse(_url: str) -> bool:
        raise error

    monkeypatch.setattr(webbrowser, "open", refuse)
    monkeypatch.setenv("DISPLAY", ":0")
    assert browser.open_in_browser("http://127.0.0.1:8401")
    settle()
