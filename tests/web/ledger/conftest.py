"""Misses with fines, so that there is something to waive, to dispute and to pay."""

import dataclasses

import pytest

import sla
from hotline.db.models import LedgerEntry
from hotline.services.promise import enforcement


@pytest.fixture
def settings(settings):
    """One person alone may move 1,000 dollars."""
    return settings.model_copy(update={"approval_limits": (sla.Money(100_000, "USD"),)})


@pytest.fixture
def missed(world):
    """Two misses of Contoso (USD 5,000 and 10,000) and one of Fabrikam; the first reference."""
    first = world.report("Contoso")
    world.report("Contoso")
    world.report("Fabrikam")
    world.clock.advance(1800)
    world.do(enforcement.sweep_deadlines)
    return first


@dataclasses.dataclass
class Form:
    """A form of the ledger as somebody fills it in: looked at first, then sent again to be written."""

    browser: object
    path: str

    def look(self, **typed):
        page = self.browser.get(self.path).text
        typed = {"new_id": _hidden(page, "new_id"), "reason": "A letter of ours.", **typed}
        self.typed = typed
        answer = self.browser.press(self.path, step="look", **typed)
        self.seen = _hidden(answer.text, "seen") if 'name="seen"' in answer.text else ""
        return answer

    def write(self, **changed):
        return self.browser.press(self.path, **{**self.typed, "step": "write", "seen": self.seen, **changed})


@pytest.fixture
def form():
    """``form(cy, "/ledger/100000/1/waive")``."""
    return Form


@pytest.fixture
def written(world):
    """How many entries there are."""

    def count():
        with world.reading() as op:
            return op.session.query(LedgerEntry).count()

    return count


def _hidden(page, name):
    return page.split(f'name="{name}"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
