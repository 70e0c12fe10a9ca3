"""My rules: how I am paged, line by line, and the same in a sentence."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.db.models import Channel, ContactKind, ContactMethod, Hours, User
from hotline.errors import HotlineError
from hotline.services.access import Permission
from hotline.services.operation import Operation
from hotline.services.reaching import nights, notification_rules, numbers
from hotline.services.reaching.nights import NightHours
from hotline.services.reaching.rule_checks import CHANNELS, LONGEST_DELAY, MOST_RULES, Rule, first_call
from hotline.web.pages.contacts.numbers import in_transaction, say
from hotline.web.pages.contacts.refusals import in_words
from hotline.web.pages.guard import needs, viewer
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext, marked, ngettext

_NOBODY = uuid.UUID(int=0)
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::00)?")
_WAYS = {
    frozenset({Channel.SMS, Channel.CALL}): marked("text and call to {number}"),
    frozenset({Channel.SMS}): marked("text to {number}"),
    frozenset({Channel.CALL}): marked("call to {number}"),
    frozenset({Channel.EMAIL}): marked("e-mail to {number}"),
    frozenset({Channel.WEBHOOK}): marked("post to {number}"),
}
_OPTIONS = {
    Channel.SMS: marked("Text to {number}"),
    Channel.CALL: marked("Call to {number}"),
    Channel.EMAIL: marked("E-mail to {number}"),
    Channel.WEBHOOK: marked("Post to {number}"),
}
_HALVES = {Hours.DAY: marked("By day"), Hours.NIGHT: marked("By night")}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows besides what is typed: what is verified, the rules that are set, and the night."""

    methods: Sequence[ContactMethod]
    is_usual: bool
    version: str
    night: NightHours
    time_zone: str


def add_routes(blueprint: Blueprint) -> None:
    blueprint.route("/me/rules", methods=["GET", "POST"], endpoint="rules")(my_rules)
    blueprint.post("/me/rules/night")(my_night)


@needs(Permission.OWN_ACCOUNT)
def my_rules() -> ResponseReturnValue:
    """Look at the rules; add or remove a line, which saves nothing yet; save them; or have the usual ones."""
    with the_site().reading() as op:
        shown, present = _shown(op, op.session.get_one(User, viewer().id))
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


@needs(Permission.OWN_ACCOUNT)
def my_night() -> ResponseReturnValue:
    """From when until when it is night."""
    begins, ends = (_time(request.form.get(name, "")) for name in ("begins", "ends"))
    if begins is None or ends is None:
        flash(gettext("Type two times of day, such as 22:00 and 07:00."), "warning")
        return redirect(url_for("pages.rules", _anchor="night"), 303)

    def work(op: Operation, me: User) -> str:
        if not nights.change(op, me, NightHours(begins, ends)):
            return gettext("Your night is at these hours already.")
        said = gettext("Saved. Your night is from {begins} to {ends}.")
        return said.format(begins=f"{begins:%H:%M}", ends=f"{ends:%H:%M}")

    say(work)
    return redirect(url_for("pages.rules", _anchor="night"), 303)


def _save(op: Operation, me: User, rules: Sequence[Rule]) -> None:
    notification_rules.replace(op, me, rules, request.form.get("seen", ""))


def _shown(op: Operation, me: User) -> tuple[Shown, list[Rule]]:
    present = notification_rules.rules_of(op, me.id)
    methods = [
        method
        for method in numbers.everything_of(op, me.id)
        if method.verified_at is not None and numbers.is_offered(op, method.kind)
    ]
    version = notification_rules.version(present)
    return Shown(methods, not present, version, nights.of(op, me), me.time_zone), present


def _usual(methods: Sequence[ContactMethod]) -> list[Rule]:
    """What holds for somebody who has set no rules."""
    phones = [method for method in methods if method.kind is ContactKind.PHONE]
    return [Rule(0, channel, method.id) for method in phones[:1] for channel in CHANNELS[method.kind]]


def _another(rows: Sequence[Rule], methods: Sequence[ContactMethod]) -> Rule:
    """A line to begin with: a call, a minute after the last."""
    last = max((row.delay_minutes for row in rows), default=-1)
    calls = [row.method_id for row in rows if row.channel is Channel.CALL]
    phones = [method.id for method in methods if method.kind is ContactKind.PHONE]
    return Rule(min(last + 1, LONGEST_DELAY), Channel.CALL, [*calls[-1:], *phones, _NOBODY][0])


def _typed() -> list[Rule]:
    """The lines of the form; what is no minute, way or time of day becomes one that is refused in words."""
    fields = zip(*(request.form.getlist(name) for name in ("minutes", "way", "hours")), strict=False)
    return [Rule(_minutes(minutes), *_way(way), _hours(hours)) for minutes, way, hours in fields]


def _minutes(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else LONGEST_DELAY + 1


def _way(text: str) -> tuple[Channel, uuid.UUID]:
    """``call:`` and the id of a contact method."""
    channel, _, method = text.partition(":")
    try:
        return Channel(channel), uuid.UUID(method)
    except ValueError:
        return Channel.CALL, _NOBODY


def _hours(text: str) -> Hours:
    return Hours(text) if text in set(Hours) else Hours.ALWAYS


def _time(text: str) -> time | None:
    found = _TIME.fullmatch(text)
    return None if found is None else time(int(found[1]), int(found[2]))


def _page(
    shown: Shown,
    rows: Sequence[Rule],
    status: int = 200,
    refusal: str | None = None,
    *,
    is_changed: bool = False,
) -> ResponseReturnValue:
    labels = {method.id: method.label for method in shown.methods}
    page = render_template(
        "contacts/rules.html",
        shown=shown,
        rows=rows,
        minutes=range(LONGEST_DELAY + 1),
        most=MOST_RULES,
        sentences=_sentences(rows, labels),
        warnings=_warnings(rows),
        options=_options(shown.methods),
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


def _sentences(rules: Sequence[Rule], labels: Mapping[uuid.UUID, str]) -> list[tuple[str, str]]:
    """The rules in words: once where day and night are alike, else for each half, with its name."""
    if all(rule.hours is Hours.ALWAYS for rule in rules):
        return [("", in_a_sentence(rules, labels))]
    return [
        (gettext(name), in_a_sentence([rule for rule in rules if rule.holds(half)], labels))
        for half, name in _HALVES.items()
    ]


def _warnings(rules: Sequence[Rule]) -> list[str]:
    """Where the first call comes only minutes after the page."""
    late = {half: first_call(rules, half) for half in _HALVES}
    by_day, by_night = late[Hours.DAY], late[Hours.NIGHT]
    said = []
    if by_day:
        said.append(
            ngettext(
                "By day the first call comes after {count} minute. A text alone wakes nobody.",
                "By day the first call comes after {count} minutes. A text alone wakes nobody.",
                by_day,
            ).format(count=by_day)
        )
    if by_night:
        said.append(
            ngettext(
                "By night the first call comes after {count} minute. A text alone wakes nobody.",
                "By night the first call comes after {count} minutes. A text alone wakes nobody.",
                by_night,
            ).format(count=by_night)
        )
    return said


def _options(methods: Sequence[ContactMethod]) -> list[tuple[str, str]]:
    """Every way to be reached, as the form sends it and in words."""
    return [
        (f"{channel.value}:{method.id}", gettext(_OPTIONS[channel]).format(number=method.label))
        for method in methods
        for channel in CHANNELS[method.kind]
    ]


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
