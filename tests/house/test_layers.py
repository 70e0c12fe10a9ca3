"""Imports point one way (the contracts are in pyproject.toml), and the contracts would notice if not."""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("hotline", "routing", "sla")
CONTRACTS = {
    contract["id"]: contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}
TRESPASSES = {  # for each contract, a module that breaks it and what it imports
    "routing-is-pure": ("routing/oncall.py", "sqlalchemy"),
    "sla-is-pure": ("sla/fines.py", "routing"),
    "layers": ("hotline/db/session.py", "hotline.services.response.incidents"),
    "services-know-no-web": ("hotline/services/response/incidents.py", "flask"),
    "rosters-point-down": ("hotline/services/on_call/versions.py", "hotline.services.planning.plans"),
    "adapters-are-chosen-at-the-top": ("hotline/worker.py", "hotline.telephony.twilio"),
    "demo-is-a-command": ("hotline/scheduler.py", "hotline.demo"),
    "emulator-is-a-guest": ("hotline/telephony/port.py", "hotline.emulator"),
    "emulator-knows-the-service-by-http": ("hotline/emulator/__init__.py", "hotline.settings"),
}


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)


def imports(package: str) -> Iterator[tuple[str, str]]:
    """Every import that leads out of ``package``: who imports, and what."""
    for module in sorted({package, *graph().find_descendants(package)}):
        for target in sorted(graph().find_modules_directly_imported_by(module)):
            if target != package and not target.startswith(f"{package}."):
                yield module, target


def lint(directory: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(directory), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_contract_is_kept() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr
    assert [name for name in CONTRACTS.values() if f"{name} KEPT" not in result.stdout] == []


def test_every_contract_would_notice_a_trespass(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=_not_code)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for module, target in TRESPASSES.values():
        with (tmp_path / module).open("a") as file:
            file.write(f"\nimport {target}\n")
    result = lint(tmp_path)
    assert CONTRACTS
    assert TRESPASSES.keys() == CONTRACTS.keys()
    assert [name for name in CONTRACTS.values() if f"{name} BROKEN" not in result.stdout] == []


def _not_code(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not (Path(folder) / name).is_dir() and not name.endswith(".py")]


@pytest.mark.parametrize("package", ["routing", "sla"])
def test_a_pure_package_imports_the_standard_library_alone(package: str) -> None:
    found = list(imports(package))
    assert found
    assert [(module, target) for module, target in found if target not in sys.stdlib_module_names] == []


def test_the_emulator_imports_nothing_of_ours_but_the_clock() -> None:
    ours = {target for _, target in imports("hotline.emulator") if target.split(".")[0] in PACKAGES}
    assert ours == {"hotline.clock"}


def test_every_module_of_the_service_has_its_layer() -> None:
    """The contract is exhaustive; here it is checked that nobody made it less so."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (contract for contract in contracts if contract["id"] == "layers")
    assert layers["exhaustive"] is True
    assert layers["exhaustive_ignores"] == ["emulator"]
    named = {name.strip(" ()") for layer in layers["layers"] for name in layer.split("|")}
    assert {module.rsplit(".", 1)[1] for module in graph().find_children("hotline")} <= named | {"emulator"}
