"""The package stays pure: no clock of its own, and nothing of the neighbours. Floats: see tests/house."""

import ast
from pathlib import Path

import pytest

import sla

ALLOWED = {
    "collections",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "fractions",
    "functools",
    "itertools",
    "re",
}
ALLOWED |= {"sla", "typing", "zoneinfo"}
MODULES = sorted(Path(sla.__file__).parent.glob("*.py"))
each_module = pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)


def nodes_of(module: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(module.read_text())))


@each_module
def test_only_harmless_parts_of_the_standard_library_are_imported(module: Path) -> None:
    for node in nodes_of(module):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert {name.split(".")[0] for name in names} <= ALLOWED


@each_module
def test_no_module_reads_a_clock(module: Path) -> None:
    attributes = {node.attr for node in nodes_of(module) if isinstance(node, ast.Attribute)}
    assert attributes.isdisjoint({"now", "utcnow", "today", "monotonic"})


def test_every_public_name_is_exported_and_documented() -> None:
    assert all(getattr(sla, name) is not None for name in sla.__all__)
    assert all(getattr(sla, name).__doc__ for name in sla.__all__)
