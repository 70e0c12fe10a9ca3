"""My rules: how I am paged, line by line, and the same in a sentence."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import Channel, ContactMethod, User
from hotline.errors import HotlineError
from hotline.services.access import Permission
from hotline.services.operation import Operation
from hotline.services.reaching import notification_rules, numbers
from hotline.services.reaching.notification_rules import LONGEST_DELAY, MOST_RULES, Rule
from hotline.web.pages.contacts.numbers import in_transaction
from hotline.web.pages.contacts.refusals import in_words
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, marked, ngettext

_NOBODY = uuid.UUID(int=0)
_WAYS = {
    frozenset({Channel.SMS, Channel.CALL}): marked("text and call to {number}"),
    frozenset({Channel.SMS}): marked("text to {number}"),
    frozenset({Channel.CALL}): marked("call to {number}"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows besides what is typed: the viewer's verified numbers and the rules that are set."""

    methods: Sequence[ContactMethod]
    is_usual: bool
    version: str


def add_routes(blueprint: Blueprint) -> None:
    blueprint.route("/me/rules", methods=["GET", "POST"], endpoint="rules")(my_rules)


@needs(Permission.OWN_ACCOUNT)
def my_rules() -> ResponseReturnValue:
    """Look at the rules; add or remove a line, which saves nothing yet; save them; or have the usual ones."""
    with the_site().reading() as op:
        shown, present = _shown(op, viewer().id)
    if request.method == "GET":
        return _page(shown, present or _usual(shown.methods))
    rows, what = _typed(), request.form.get("do", "save")
    if what == "add" and len(rows) < MOST_RULES:
        return _page(shown, [*rows, _another(rows, shown.methods)], is_changed=True)
    if what.startswith("remove-"):
        left = [row for place, row in enumerate(rows) if what != f"remove-{place}"]
        return _page(shown, left, is_changed=True)
    chosen = [] if what == "usual" else rows
    if not chosen and what == "save":
        return _page(shown, rows, 422, gettext("At least one rule must be at once: a page does not wait."))
    try:
        in_transaction(lambda op, me: _save(op, me, chosen))
    except HotlineError as refusal:
        return _page(shown, rows, refusal.http_status, in_words(refusal), is_changed=True)
    flash(gettext("Saved. The next page follows these rules."), "success")
    return redirect(url_for("pages.rules"), 303)


def _save(op: Operation, me: User, rules: Sequence[Rule]) -> None:
    notification_rules.replace(op, me, rules, request.form.get("seen", ""))


def _shown(op: Operation, user_id: uuid.UUID) -> tuple[Shown, list[Rule]]:
    present = notification_rules.rules_of(op, user_id)
    methods = [method for method in numbers.list_of(op, user_id) if method.verified_at is not None]
    return Shown(methods, not present, notification_rules.version(present)), present


def _usual(methods: Sequence[ContactMethod]) -> list[Rule]:
    """What holds for somebody who has set no rules."""
    return [Rule(0, channel, method.id) for method in methods[:1] for channel in Channel]


def _another(rows: Sequence[Rule], methods: Sequence[ContactMethod]) -> Rule:
    """A line to begin with: a call, a minute after the last."""
    last = max((row.delay_minutes for row in rows), default=-1)
    number = rows[-1].method_id if rows else methods[0].id if methods else _NOBODY
    return Rule(min(last + 1, LONGEST_DELAY), Channel.CALL, number)


def _typed() -> list[Rule]:
    """The lines of the form; what is no minute, channel or number becomes one that is refused in words."""
    fields = zip(*(request.form.getlist(name) for name in ("minutes", "channel", "number")), strict=False)
    return [Rule(_minutes(minutes), _channel(channel), _id(number)) for minutes, channel, number in fields]


def _minutes(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else LONGEST_DELAY + 1


def _channel(text: str) -> Channel:
    return Channel.SMS if text == Channel.SMS.value else Channel.CALL


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return _NOBODY


def _page(
    shown: Shown,
    rows: Sequence[Rule],
    status: int = 200,
    refusal: str | None = None,
    *,
    is_changed: bool = False,
) -> ResponseReturnValue:
    page = render_template(
        "contacts/rules.html",
        shown=shown,
        rows=rows,
        minutes=range(LONGEST_DELAY + 1),
        most=MOST_RULES,
        sentence=in_a_sentence(rows, {method.id: method.label for method in shown.methods}),
        refusal=refusal,
        is_changed=is_changed,
    )
    return page, status


def in_a_sentence(rules: Sequence[Rule], labels: Mapping[uuid.UUID, str]) -> str:
    """The rules in words: ``At once: text and call to Mobile. After 2 minutes: call to Home.``"""
    known = sorted((rule for rule in rules if rule.method_id in labels), key=lambda rule: rule.delay_minutes)
    return " ".join(
        _moment(minutes).format(count=minutes, what=_what(list(group), labels))
        for minutes, group in groupby(known, key=lambda rule: rule.delay_minutes)
    )


def _moment(minutes: int) -> str:
    if minutes == 0:
        return gettext("At once: {what}.")
    return ngettext("After {count} minute: {what}.", "After {count} minutes: {what}.", minutes)


def _what(rules: Sequence[Rule], labels: Mapping[uuid.UUID, str]) -> str:
    ways: dict[uuid.UUID, set[Channel]] = {}
    for rule in rules:
        ways.setdefault(rule.method_id, set()).add(rule.channel)
    return ", ".join(
        gettext(_WAYS[frozenset(channels)]).format(number=labels[number]) for number, channels in ways.items()
    )
