"""The package stays pure: no clock of its own, no world, and nothing of the neighbours."""

import ast
from pathlib import Path

import pytest

import routing

ALLOWED = {
    "bisect",
    "collections",
    "dataclasses",
    "datetime",
    "enum",
    "functools",
    "itertools",
    "operator",
    "typing",
    "zoneinfo",
}
ALLOWED |= {"routing"}
MODULES = sorted(Path(routing.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_only_harmless_parts_of_the_standard_library_are_imported(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert {name.split(".")[0] for name in names} <= ALLOWED


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_no_module_reads_a_clock(module: Path) -> None:
    attributes = {
        node.attr for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.Attribute)
    }
    assert attributes.isdisjoint({"now", "utcnow", "today", "monotonic"})


def test_every_public_name_is_exported_and_documented() -> None:
    for name in routing.__all__:
        assert getattr(routing, name) is not None
    documented = [name for name in routing.__all__ if isinstance(getattr(routing, name), type)]
    assert all(getattr(routing, name).__doc__ for name in documented)
