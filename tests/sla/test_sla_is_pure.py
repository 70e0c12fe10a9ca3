"""The package stays pure: no float near money, no clock of its own, and nothing of the neighbours."""

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


def float_smells(nodes: list[ast.AST]) -> list[str]:
    """Float and complex literals, true division, and anything named float."""
    return [
        ast.unparse(node) if isinstance(node, ast.expr) else ast.dump(node)
        for node in nodes
        if (isinstance(node, ast.Constant) and isinstance(node.value, float | complex))
        or isinstance(node, ast.Div)
        or (isinstance(node, ast.Name) and node.id == "float")
    ]


@each_module
def test_no_float_and_no_true_division_comes_near_money(module: Path) -> None:
    assert float_smells(nodes_of(module)) == []


@pytest.mark.parametrize("smell", ["1.5", "a / b", "float(a)", "a /= b", "x: float", "1e3"])
def test_the_check_for_floats_finds_them(smell: str) -> None:
    assert float_smells(list(ast.walk(ast.parse(smell))))


def test_the_check_for_floats_lets_whole_numbers_pass() -> None:
    assert float_smells(list(ast.walk(ast.parse("a = 1_000 // 3 * True")))) == []


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
