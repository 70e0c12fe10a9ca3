"""A small vendor in a real SQLite database, its pages, and browsers without a screen."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from hotline.clock import ManualClock
from hotline.db.base import Base
from hotline.db.session import Database
from hotline.settings import Settings
from hotline.web.pages import register

from .world import NOW, PASSWORD, World, populate


def make_settings(tmp_path: Path, **overrides: object) -> Settings:
    values: dict[str, object] = {
        "database_url": f"sqlite:///{tmp_path / 'hotline.db'}",
        "public_url": "http://localhost",
        "secret_key": "a secret that is long enough",
        "account_sid": "AC" + "0" * 32,
        "auth_token": "token",
        **overrides,
    }
    return Settings(_env_file=None, **values)


@pytest.fixture
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """The settings; a test may change some by indirect parametrisation."""
    return make_settings(tmp_path, **getattr(request, "param", {}))


@pytest.fixture(scope="session")
def populated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small vendor's database, to be copied."""
    folder = tmp_path_factory.mktemp("populated")
    settings = make_settings(folder)
    with closing(Database(settings.database_url, synchronous="OFF")) as database:
        Base.metadata.create_all(database.engine)
        World(database, ManualClock(NOW), settings).do(populate)
    assert not (folder / "hotline.db-wal").exists(), "it was not closed: a part of it is still in its log"
    return folder / "hotline.db"


@pytest.fixture
def world(settings: Settings, tmp_path: Path, populated: Path) -> Iterator[World]:
    shutil.copyfile(populated, tmp_path / "hotline.db")
    with closing(Database(settings.database_url, synchronous="OFF")) as database:
        yield World(database, ManualClock(NOW), settings)


@pytest.fixture
def app(world: World) -> Flask:
    app = Flask("hotline")
    register(app, world.database, world.clock, world.settings)
    return app


@pytest.fixture
def broken_database(world: World, app: Flask) -> None:
    """From here on every statement fails, as when the disk is gone."""

    def fail(*_: object) -> None:
        raise sa.exc.OperationalError("SELECT secret", {}, Exception("disk is gone"))

    sa.event.listen(world.database.engine, "before_cursor_execute", fail)


class Browser:
    """A browser without a screen: it keeps its cookies and sends forms as the pages would."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, **options)

    def token(self, path: str = "/") -> str:
        """The CSRF token of a page, as a form on it would send it."""
        page = self.client.get(path).text
        return page.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]

    def press(self, path: str, **data: str) -> TestResponse:
        """Send a form of a page and go where it leads."""
        data = {"csrf_token": data.get("csrf_token") or self.token(), **data}
        return self.client.post(path, data=data, follow_redirects=True)

    def sign_in(self, email: str, password: str = PASSWORD, target: str = "") -> TestResponse:
        """Fill in the sign-in form, without going where it leads."""
        data = {
            "csrf_token": self.token("/sign-in"),
            "email": email,
            "password": password,
            "next": target,
        }
        return self.client.post("/sign-in", data=data)


@pytest.fixture
def stranger(app: Flask) -> Browser:
    """A browser that has not signed in."""
    return Browser(app)


@pytest.fixture
def ada(app: Flask) -> Browser:
    """Ada's browser, signed in."""
    return _signed_in(app, "ada@example.com")


@pytest.fixture
def bo(app: Flask) -> Browser:
    """Bo's browser, signed in."""
    return _signed_in(app, "bo@example.com")


@pytest.fixture
def cy(app: Flask) -> Browser:
    """Cy's browser, signed in."""
    return _signed_in(app, "cy@example.com")


@pytest.fixture
def nadia(app: Flask) -> Browser:
    """Nadia's browser, signed in."""
    return _signed_in(app, "nadia@example.com")


@pytest.fixture
def otto(app: Flask) -> Browser:
    """Otto's browser, signed in."""
    return _signed_in(app, "otto@example.com")


def _signed_in(app: Flask, email: str) -> Browser:
    browser = Browser(app)
    assert browser.sign_in(email).status_code == 303
    return browser
