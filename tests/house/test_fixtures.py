"""The tests' own helpers keep their promises: each database is fresh, nobody outside is reached."""

import socket
import urllib.request
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from hotline.clock import ManualClock
from hotline.db import migrate
from hotline.db.base import Base
from tests.support.databases import PostgresqlDatabases, SqliteDatabases
from tests.support.network import Guard, is_local


def test_a_test_gets_a_migrated_database_of_the_named_kind(database_url: str, backend: str) -> None:
    assert sa.make_url(database_url).get_backend_name() == backend
    assert migrate.is_current(database_url)


def test_an_empty_database_has_no_table(empty_database_url: str, backend: str) -> None:
    engine = sa.create_engine(empty_database_url)
    assert sa.make_url(empty_database_url).get_backend_name() == backend
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()


def test_the_url_for_sqlite_alone_is_migrated(sqlite_url: str) -> None:
    engine = sa.create_engine(sqlite_url)
    assert set(Base.metadata.tables) < set(sa.inspect(engine).get_table_names())
    engine.dispose()


@pytest.mark.postgresql
def test_a_postgresql_database_is_gone_after_its_test(postgresql_databases: PostgresqlDatabases) -> None:
    before = postgresql_databases.server.databases()
    with postgresql_databases.migrated() as url:
        left_open = sa.create_engine(url)
        with left_open.connect() as connection:
            assert connection.scalar(sa.text("SHOW server_version_num")) >= "160000"
            assert sa.make_url(url).database in postgresql_databases.server.databases()
    assert postgresql_databases.server.databases() - {"hotline_template"} == before - {"hotline_template"}
    left_open.dispose()


@pytest.mark.postgresql
def test_two_postgresql_databases_share_nothing(postgresql_databases: PostgresqlDatabases) -> None:
    with postgresql_databases.empty() as one, postgresql_databases.empty() as other:
        engines = [sa.create_engine(one), sa.create_engine(other)]
        with engines[0].begin() as connection:
            connection.execute(sa.text("CREATE TABLE mine (id int)"))
        assert [sa.inspect(engine).get_table_names() for engine in engines] == [["mine"], []]
        for engine in engines:
            engine.dispose()


def test_the_clock_stands_still(clock: ManualClock) -> None:
    assert clock.now() == clock.now() == datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    clock.advance(60)
    assert clock.now() == datetime(2026, 11, 23, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (None, True),
        ("", True),
        ("localhost", True),
        ("127.0.0.1", True),
        (b"127.8.9.10", True),
        ("::1", True),
        ("192.0.2.1", False),
        ("10.0.0.1", False),
        ("2001:db8::1", False),
        ("api.hotline.example", False),
        ("localhost.hotline.example", False),
    ],
)
def test_only_this_machine_is_local(host: str | bytes | None, expected: bool) -> None:
    assert is_local(host) is expected


def _connect_by_number() -> None:
    with socket.socket() as sock:
        sock.connect(("192.0.2.1", 80))


def _connect_asking_for_the_code() -> None:
    with socket.socket() as sock:
        sock.connect_ex(("192.0.2.1", 80))


def _send_a_datagram() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"hello", ("192.0.2.1", 53))


def _look_up_a_name() -> None:
    socket.getaddrinfo("hotline.example", 443)


def _fetch_a_page() -> None:
    urllib.request.urlopen("http://hotline.example/")


@pytest.mark.parametrize(
    "way_out",
    [_connect_by_number, _connect_asking_for_the_code, _send_a_datagram, _look_up_a_name, _fetch_a_page],
)
def test_no_way_leads_outside(way_out: object, network_guard: Guard) -> None:
    assert callable(way_out)
    with pytest.raises(pytest.fail.Exception, match="outside network"):
        way_out()
    assert len(network_guard.attempts) == 1
    network_guard.attempts.clear()


def test_this_machine_can_be_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
        server.accept()[0] as peer,
    ):
        client.sendall(b"hello")
        assert peer.recv(5) == b"hello"


def test_sqlite_databases_are_copies(tmp_path_factory: pytest.TempPathFactory) -> None:
    databases = SqliteDatabases(tmp_path_factory.mktemp("template"))
    urls = [databases.migrated(tmp_path_factory.mktemp(name)) for name in ("one", "other")]
    engines = [sa.create_engine(url) for url in urls]
    with engines[0].begin() as connection:
        connection.execute(sa.text("CREATE TABLE mine (id int)"))
    assert ["mine" in sa.inspect(engine).get_table_names() for engine in engines] == [True, False]
    for engine in engines:
        engine.dispose()
