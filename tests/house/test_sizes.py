"""Modules stay short enough to be read at one sitting. One that must be longer says why, here."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIMIT = 300
LONGER = {
    "hotline/services/callflow/holding.py": "the steps on hold, a few lines each, in the order of hearing",
    "hotline/speech/prompts.py": "every sentence that is spoken or sent and nothing else, read by its keys",
    "hotline/services/response/incidents.py": "every change of an incident, its races judged in one place",
}
MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for package in ("hotline", "routing", "sla")
    for path in (ROOT / package).rglob("*.py")
)


def lines(module: str) -> int:
    return len((ROOT / module).read_text().splitlines())


def test_the_modules_are_found() -> None:
    assert {"hotline/settings.py", "routing/oncall.py", "sla/fines.py"} <= set(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_short_or_says_why_not(module: str) -> None:
    assert lines(module) <= LIMIT or module in LONGER, f"{module} has {lines(module)} lines: split it"


def test_every_excuse_is_a_reason() -> None:
    assert [module for module, reason in LONGER.items() if len(reason.split()) < 6] == []


def test_no_excuse_outlives_its_module() -> None:
    assert [module for module in LONGER if module not in MODULES or lines(module) <= LIMIT] == []
