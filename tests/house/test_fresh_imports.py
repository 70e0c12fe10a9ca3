"""Every way into the product can be the first module that an interpreter imports."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOORS = ["hotline.worker", "hotline.scheduler", "hotline.app", "hotline.cli"]
CORE = ["hotline.services.auditing.audit", "hotline.services.ledger.verify"]
PACKAGES = [
    f"hotline.services.{folder.name}"
    for folder in sorted((ROOT / "hotline" / "services").iterdir())
    if (folder / "__init__.py").exists()
]
# What others wrote is imported once; a child for each module then imports ours, of which it has none yet.
EACH = """
import os, sys, traceback
import babel.dates, flask, pydantic_settings, sqlalchemy.orm, structlog
assert not [name for name in sys.modules if name.split(".")[0] in {"hotline", "routing", "sla"}]
broken = 0
for name in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        try:
            __import__(name)
        except BaseException:
            print(name, traceback.format_exc(limit=-1), file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    broken += os.waitpid(child, 0)[1] != 0
sys.exit(broken != 0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_each_can_be_imported_first() -> None:
    assert len(PACKAGES) > 20
    names = ["routing", "sla", *DOORS, *CORE, *PACKAGES]
    run = subprocess.run(
        [sys.executable, "-c", EACH, *names], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
