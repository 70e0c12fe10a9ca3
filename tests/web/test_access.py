"""Roles: :mod:`hotline.services.access` as the pages apply it."""

import re

import pytest

from hotline.db.models import Role
from hotline.services.access import GRANTS, Permission, may
from hotline.web.pages.guard import PUBLIC, needed_by


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


# What each address is called with; an id that nobody has is answered 404 by whoever may ask at all.
NOBODY = "01890000-0000-7000-8000-000000000000"
ROLES = {"ada": Role.ENGINEER, "cy": Role.MANAGER, "nadia": Role.ADMIN, "otto": Role.AUDITOR}
# The end of one's own session comes last, or nothing after it is tried.
LAST = "pages.sign_out"


def _doors(app):
    """Every endpoint that is not public, with a method and an address that reach it."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint == LAST, rule.endpoint)):
        if not rule.endpoint.startswith("pages.") or rule.endpoint in PUBLIC:
            continue
        path = re.sub(r"<uuid:\w+>", NOBODY, rule.rule)
        path = re.sub(r"<int:\w+>", "1", re.sub(r"<(string:|path:)?\w+>", "1234-5", path))
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, path


@pytest.mark.parametrize(("name", "role"), ROLES.items())
def test_every_endpoint_opens_to_exactly_the_roles_of_its_permission(request, app, name, role):
    browser, wrong, tried = request.getfixturevalue(name), [], 0
    token = browser.token()
    for endpoint, method, path in _doors(app):
        with app.app_context():
            allowed = may(role, needed_by(endpoint))
        data = {"csrf_token": token} if method == "POST" else None
        answer = browser.client.open(path, method=method, data=data, buffered=False)
        refused = answer.status_code == 403
        answer.close()
        tried += 1
        if refused is allowed:
            wrong.append((endpoint, method, answer.status_code))
    assert wrong == []
    assert tried >= 40
