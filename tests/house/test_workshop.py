"""The workshop explains itself: make lists its targets, and the pages about it are true."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import typer

from hotline.cli.main import app

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = re.findall(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)[0].split()
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def test_make_alone_lists_every_target_with_a_line_of_help() -> None:
    result = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = dict(re.findall(r"^  make ([a-z-]+) +(\S.+)$", result.stdout, re.MULTILINE))
    assert {"demo", "run", "test", "test-fast", "check", "bench", "lock", "format"} <= set(TARGETS)
    assert sorted(listed) == sorted(TARGETS)
    assert max(map(len, result.stdout.splitlines())) <= 110


def test_the_targets_use_commands_that_exist() -> None:
    used = re.findall(r"\$\(BIN\)/hotline ([a-z]+)", MAKEFILE)
    assert used == ["demo", "run"]
    assert set(used) <= set(typer.main.get_group(app).commands)


def test_the_guide_names_only_targets_that_exist() -> None:
    named = set(
        re.findall(r"\bmake ([a-z][a-z-]+)\b(?= *#|`| UPGRADE| ARGS)", (ROOT / "CONTRIBUTING.md").read_text())
    )
    assert len(named) >= 5
    assert named <= set(TARGETS)


def test_an_old_python_is_refused_in_words(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    for name in ("Makefile", "dev.lock", "bootstrap.lock", "pyproject.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    result = subprocess.run(
        ["make", "install", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode != 0
    assert "needs Python 3.11 or newer" in result.stderr
    assert not (tmp_path / ".venv").exists()


def test_what_lands_is_checked_by_a_script_that_can_be_run() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    commands = [line for line in script.read_text().splitlines() if line.startswith("make ")]
    assert [line.split()[1] for line in commands] == ["check", "test"]
    subprocess.run(["bash", "-n", script], check=True)


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_parts(decision: Path) -> None:
    text = decision.read_text()
    assert text.startswith(f"# {int(decision.name[:4])}. ")
    assert re.search(r"^(?:Accepted, |Replaced by )", text, re.MULTILINE)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]


def test_decisions_are_numbered_in_sequence() -> None:
    assert len(DECISIONS) > 1
    assert [decision.name[:4] for decision in DECISIONS] == [
        f"{number:04}" for number in range(len(DECISIONS))
    ]
