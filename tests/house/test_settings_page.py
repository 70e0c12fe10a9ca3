"""docs/settings.md describes every setting of the service, and no other."""

import re
from pathlib import Path

import pytest
from pydantic import AliasChoices
from pydantic_core import PydanticUndefined

from hotline.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
ROW = re.compile(r"^\| `(?P<name>[A-Z_]+)` \| (?P<default>[^|]*) \| (?P<meaning>[^|]*) \|$", re.MULTILINE)


def variables() -> dict[str, object]:
    """Every environment variable that is read, and its default."""
    found: dict[str, object] = {}
    for field in Settings.model_fields.values():
        assert isinstance(field.validation_alias, AliasChoices)
        (name,) = field.validation_alias.choices
        found[str(name)] = field.default
    return found


def rows() -> dict[str, re.Match[str]]:
    return {match["name"]: match for match in ROW.finditer(PAGE.read_text())}


def test_every_setting_has_a_row_and_every_row_a_setting() -> None:
    assert len(variables()) > 10
    assert sorted(rows()) == sorted(variables())


def test_no_setting_is_described_twice() -> None:
    names = [match["name"] for match in ROW.finditer(PAGE.read_text())]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", sorted(variables()))
def test_the_default_is_the_true_one(name: str) -> None:
    default = variables()[name]
    written = rows()[name]["default"].strip()
    if default is PydanticUndefined:
        assert written == "required"
    elif default in (None, ()):
        assert written == "empty"
    else:
        assert written == f"`{str(default).lower() if isinstance(default, bool) else default}`"


@pytest.mark.parametrize("name", sorted(variables()))
def test_the_meaning_is_a_sentence(name: str) -> None:
    assert re.match(r"^[A-Z`].{20,}\.$", rows()[name]["meaning"].strip(), re.DOTALL)
