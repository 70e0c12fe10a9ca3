"""What is mutated is the code that we have: only the properties are spelled otherwise."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.mutants import ROOT, copy, undecorated

MODULES = sorted((ROOT / "sla").glob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_no_decorator_hides_a_function_from_the_mutants(module: Path) -> None:
    source = module.read_text()
    hidden = [
        node.name
        for node in ast.walk(ast.parse(undecorated(source)))
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    ]
    assert hidden == []
    assert undecorated(source).count(" = property(get_") == source.count("    @property\n")


def test_the_copy_behaves_as_the_original(tmp_path: Path) -> None:
    copy(tmp_path / "mutants")
    assert (tmp_path / "mutants" / "tests" / "sla" / "oracle.py").is_file()
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sla; print(sla.Period.YEAR.months, sla.Tally(3, 1).attainment, sla.__file__)",
        ],
        cwd=tmp_path / "mutants",
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["12", "3/4", str(tmp_path / "mutants" / "sla" / "__init__.py")]
