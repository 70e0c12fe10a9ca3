"""No float comes near money: none is written, made, divided into or stored where amounts are worked out.

The check reads the code of the rooms of money, and the columns of every table. Places that measure something
else than money say so below, each with its reason.
"""

import ast
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
import sqlalchemy as sa

from hotline.db import models
from hotline.db.base import Base

ROOT = Path(__file__).parents[2]
ROOMS = (
    "sla/*.py",
    "hotline/db/chain.py",
    "hotline/db/append_only.py",
    "hotline/db/models/*.py",
    *(
        f"hotline/services/{room}/*.py"
        for room in ("promise", "ledger", "terms", "statements", "quoting", "auditing", "statistics")
    ),
    "hotline/services/lists/ledger.py",
    *(
        f"hotline/web/pages/{page}*.py"
        for page in ("ledger", "ledger/", "terms", "terms/", "statements", "statements/", "quotes", "quotes/")
    ),
    "hotline/web/pages/statistics/*.py",
)
MODULES = sorted(
    path.relative_to(ROOT).as_posix()
    for package in ("sla", "hotline")
    for path in (ROOT / package).rglob("*.py")
    if any(fnmatch(path.relative_to(ROOT).as_posix(), room) for room in ROOMS)
)
# A line of code that measures something else than money, and why.
OTHER_MEASURES: dict[tuple[str, str], str] = {
    ("hotline/db/chain.py", "float"): "it is what refuses a float",
    ("hotline/services/auditing/auditor.py", "20.0"): "seconds that one stint may take",
    ("hotline/services/auditing/auditor.py", "0.005"): "seconds of work between two naps",
    ("hotline/services/auditing/auditor.py", "0.1"): "seconds that a nap lasts at most",
    ("hotline/services/auditing/auditor.py", "round"): "milliseconds that a turn took, for the log",
    (
        "hotline/services/statements/locales.py",
        "Decimal(permille) / 1000",
    ): "a percentage to show, in decimals",
    ("hotline/services/statistics/instants.py", "(after - before) / 2"): "the middle of two spans of time",
    ("hotline/web/pages/terms/words.py", "Decimal(basis_points) / 100"): "a percentage to show, in decimals",
}
# Modules that measure a surface; they get every amount as text and import nothing that could work one out.
SURFACES: dict[str, str] = {
    "hotline/services/statements/pdf.py": "millimetres of paper and sizes of letters",
    "hotline/web/pages/statistics/drawing.py": "places and widths on a chart's surface",
    "hotline/web/pages/statistics/plans.py": "how wide a letter of a chart is",
    "hotline/web/pages/statistics/shapes.py": "places and widths on a chart's surface",
}

BUILTINS = {"float", "complex", "round"}
NAMES = {"Float", "Double", "Numeric", "REAL", "FLOAT", "DECIMAL", "truediv", "fsum", "fmean"}
LIBRARIES = {"math", "cmath", "statistics", "random", "numpy"}


def floats_in(source: str) -> Iterator[str]:
    """Every expression by which a float could come about: literals, true division, names that make one."""
    for node in ast.walk(ast.parse(source)):
        if _is_float(node):
            yield ast.unparse(node)


def _is_float(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=float() | complex()):
            return True
        case ast.BinOp(op=ast.Div()):
            return not _is_path(node)
        case ast.AugAssign(op=ast.Div()):
            return True
        case ast.Name(id=name, ctx=ast.Load()):
            return name in BUILTINS | NAMES
        case ast.Attribute(attr=name):
            return name in NAMES
        case ast.Import(names=names):
            return any(alias.name.split(".")[0] in LIBRARIES for alias in names)
        case ast.ImportFrom(module=module, level=0, names=names):
            return str(module).split(".")[0] in LIBRARIES or any(alias.name in NAMES for alias in names)
    return False


def _is_path(node: ast.AST) -> bool:
    """Whether it is divided by text somewhere, as only a path can be."""
    return isinstance(node, ast.BinOp) and (_is_text(node.right) or _is_path(node.left))


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def imported_by(source: str) -> set[str]:
    """The modules that a module imports, and what it imports from them, as dotted names."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_the_rooms_of_money_are_found() -> None:
    expected = {"sla/money.py", "hotline/services/ledger/book.py", "hotline/db/models/ledger.py"}
    assert expected <= set(MODULES)
    empty = [
        room
        for room in ROOMS
        if not room.startswith("hotline/web") and not any(fnmatch(module, room) for module in MODULES)
    ]
    assert empty == []


@pytest.mark.parametrize("module", [module for module in MODULES if module not in SURFACES])
def test_no_float_comes_near_money(module: str) -> None:
    found = [code for code in floats_in((ROOT / module).read_text()) if (module, code) not in OTHER_MEASURES]
    assert found == []


@pytest.mark.parametrize("module", sorted(SURFACES))
def test_what_measures_a_surface_cannot_work_out_an_amount(module: str) -> None:
    source = (ROOT / module).read_text()
    ours = {name for name in imported_by(source) if name.split(".")[0] == "sla" or ".db.models" in name}
    assert ours == set()
    assert list(floats_in(source)), "it needs no excuse"


def test_no_column_of_any_table_holds_a_float() -> None:
    found = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if _holds_fractions(column.type)
    ]
    assert found == []
    assert models.LedgerEntry.__table__ in Base.metadata.tables.values()


def _holds_fractions(kind: sa.types.TypeEngine[object]) -> bool:
    stored = kind.impl if isinstance(kind, sa.types.TypeDecorator) else kind
    return isinstance(stored, sa.Float | sa.Numeric)


def test_every_excuse_is_a_reason_and_is_needed() -> None:
    reasons = [*OTHER_MEASURES.values(), *SURFACES.values()]
    assert [reason for reason in reasons if len(reason.split()) < 5] == []
    for module, code in OTHER_MEASURES:
        assert code in set(floats_in((ROOT / module).read_text())), f"{module} has no {code} any more"


@pytest.mark.parametrize(
    "planted",
    [
        *("fee = 1.5", "fee = 1e3", "fee = 2j", "fee = paid / 2", "paid /= 2", "fee = -0.0", "f'{paid / 2}'"),
        *(
            "float(fee)",
            "round(fee)",
            "x: float",
            "def worth(fee: float): ...",
            "map(float, fees)",
            "fee.__round__\nround",
        ),
        *("import math", "import math as m", "from math import floor", "from statistics import mean"),
        *(
            "import random",
            "from random import random",
            "from operator import truediv",
            "operator.truediv(a, b)",
        ),
        *(
            "sa.Column(sa.Float())",
            "sa.Numeric(10, 2)",
            "from sqlalchemy import Numeric",
            "lambda fee: fee * 0.1",
        ),
    ],
)
def test_a_float_that_is_planted_is_found(planted: str) -> None:
    clean = (ROOT / "sla" / "money.py").read_text()
    assert list(floats_in(clean)) == []
    assert list(floats_in(f"{clean}\n{planted}\n"))


@pytest.mark.parametrize(
    "harmless",
    [
        *(
            "a = 1_000 // 3 * True",
            "divmod(a, b)",
            "folder / 'a.txt'",
            "folder / f'{a}.txt'",
            "folder / 'a' / name",
        ),
        *("Decimal('1.5')", "rounded = a", "x: int = -3", "import re", "from fractions import Fraction"),
        *("from . import math", "round: Mapped[int]", "Sending.round", "floating()"),
    ],
)
def test_whole_numbers_paths_and_text_pass(harmless: str) -> None:
    assert list(floats_in(harmless)) == []


def test_a_float_that_is_planted_in_a_table_is_found() -> None:
    class Wrapped(sa.types.TypeDecorator[object]):
        impl = sa.Float

    kinds = (sa.Float(), sa.Double(), sa.REAL(), sa.Numeric(10, 2), sa.DECIMAL(9, 2), Wrapped())
    assert all(_holds_fractions(kind) for kind in kinds)
    assert not any(_holds_fractions(kind) for kind in (sa.Integer(), sa.BigInteger(), sa.String()))
