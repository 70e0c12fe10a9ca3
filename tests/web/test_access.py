"""Roles: :mod:`hotline.services.access` as the pages apply it."""

import pytest

from hotline.db.models import Role
from hotline.services.access import GRANTS, Permission, may


def test_every_role_may_do_something_and_every_permission_is_given():
    assert set(GRANTS) == set(Role)
    assert frozenset.union(*GRANTS.values()) == frozenset(Permission)


def test_nobody_but_an_admin_may_do_everything():
    assert [role for role in Role if GRANTS[role] == frozenset(Permission)] == [Role.ADMIN]


@pytest.mark.parametrize("permission", [Permission.WORK_ON_INCIDENTS, Permission.MANAGE_PEOPLE])
def test_an_auditor_changes_nothing(permission):
    assert not may(Role.AUDITOR, permission)


def test_an_engineer_does_not_read_the_ledger(ada):
    answer = ada.get("/ledger")
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.text


def test_an_auditor_reads_and_changes_nothing(otto, world):
    reference = world.report()
    assert otto.get("/ledger").status_code == 200
    assert otto.get(f"/incidents/{reference}").status_code == 200
    assert otto.press(f"/incidents/{reference}/take").status_code == 403
    assert world.incident(reference).owner_id is None
