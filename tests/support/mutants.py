"""What `make mutants` works on: a copy of sla and its tests in which properties can be mutated too.

mutmut leaves every decorated function alone. In the copy a property is a plain method and an assignment.
"""

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PROPERTY = re.compile(
    r"^    @property\n    def (\w+)\(self\)(.*?)(?=^ {0,4}\S|\Z)", re.MULTILINE | re.DOTALL
)


def undecorated(source: str) -> str:
    """The same module without the decorator: `name` becomes `get_name`, and `name = property(get_name)`."""
    return _PROPERTY.sub(r"    def get_\1(self)\2    \1 = property(get_\1)\n\n", source)


def copy(target: Path) -> None:
    """Put sla, its tests and the settings into a directory that is made anew."""
    shutil.rmtree(target, ignore_errors=True)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "sla", target / "sla", ignore=ignored)
    shutil.copytree(ROOT / "tests" / "sla", target / "tests" / "sla", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", target)
    for module in (target / "sla").glob("*.py"):
        module.write_text(undecorated(module.read_text()))


if __name__ == "__main__":
    copy(Path(sys.argv[1]))
