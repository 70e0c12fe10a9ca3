"""What can be typed about a ladder, and how its steps are added, taken away and moved without a script."""

import uuid
from collections.abc import Sequence
from typing import Any

from wtforms import FieldList, Form, FormField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from hotline.db.models import TargetKind
from hotline.services.directory import WrongFieldError
from hotline.services.directory.kind import sentence
from hotline.services.ladders.plans import MOST_RUNGS, MOST_TARGETS, RungPlan
from hotline.services.on_call.targets import Target
from hotline.web.pages.admin.forms import Edited, pick
from hotline.web.pages.ladders.words import minutes
from hotline.web.pages.words import marked

_NO_TIME = marked("Type minutes, such as 2, or minutes and seconds, such as 0:45.")
_NO_NUMBER = marked("Type a whole number, or leave it empty.")


class RungForm(Form):  # type: ignore[misc]
    """One step."""

    after = StringField(marked("Minutes after the round began"), [Length(max=10)])
    targets = FieldList(
        SelectField(marked("Ring"), validate_choice=False), min_entries=1, max_entries=MOST_TARGETS
    )


class LadderForm(Edited):
    """A ladder."""

    name = StringField(marked("Name"), [InputRequired(marked("Type a name.")), Length(max=200)])
    team = pick(marked("Team"))
    rungs = FieldList(FormField(RungForm), min_entries=1, max_entries=MOST_RUNGS)
    repeat_after = StringField(marked("Minutes until the next round begins"), [Length(max=10)])
    repeats = StringField(marked("Rounds"), [Length(max=10)])
    fallback = pick(marked("Then goes on with"))
    at = StringField(marked("Look at"), [Length(max=20)])


def data_of(values: dict[str, Any]) -> dict[str, Any]:
    """A plan as the form holds it."""
    return {
        **values,
        "repeat_after": minutes(values["repeat_after"]),
        "repeats": "" if values["repeats"] is None else str(values["repeats"]),
        "rungs": [
            {"after": minutes(rung.after), "targets": [choice(target) for target in rung.targets]}
            for rung in values["rungs"]
        ],
    }


def values_in(form: LadderForm) -> dict[str, Any]:
    """What was typed, as the services take it. Raises :class:`WrongFieldError`."""
    return {
        "name": form.name.data,
        "team": form.team.data,
        "repeat_after": _seconds(form.repeat_after.data, "repeat_after"),
        "repeats": _rounds(form.repeats.data),
        "fallback": form.fallback.data,
        "rungs": [
            RungPlan(
                _seconds(rung.form.after.data, f"rungs-{number}-after"),
                _targets(rung.form.targets.data),
            )
            for number, rung in enumerate(form.rungs)
        ],
    }


def changed(form: LadderForm, action: str) -> tuple[dict[str, Any], str] | None:
    """What the form holds after a button of a step, and the id of the field to go on at; None for no such.

    A step that moves keeps the minutes in their places: it is rung earlier or later.
    """
    data = {name: value for name, value in form.data.items() if name != "csrf_token"}
    rungs = data["rungs"]
    verb, *places = action.split(" ")
    if verb == "add-step" and not places and len(rungs) < MOST_RUNGS:
        rungs.append({"after": "", "targets": [""]})
        return data, f"rungs-{len(rungs) - 1}-after"
    try:
        number, *rest = (int(place) for place in places)
        targets = rungs[number]["targets"]
    except (ValueError, IndexError):
        return None
    at = _move(rungs, targets, verb, number, rest)
    return None if at is None else (data, at)


def _move(
    rungs: list[dict[str, Any]], targets: list[str], verb: str, number: int, rest: Sequence[int]
) -> str | None:
    """Do what a button of a step says; the id of the field to go on at."""
    if verb == "remove-step" and len(rungs) > 1 and number >= 0:
        del rungs[number]
        return f"rungs-{min(number, len(rungs) - 1)}-after"
    if verb == "up" and number > 0:
        return _swap(rungs, number, number - 1)
    if verb == "down" and 0 <= number < len(rungs) - 1:
        return _swap(rungs, number, number + 1)
    if verb == "add-target" and number >= 0 and len(targets) < MOST_TARGETS:
        targets.append("")
        return f"rungs-{number}-targets-{len(targets) - 1}"
    if verb == "remove-target" and rest and len(targets) > 1 and 0 <= rest[0] < len(targets):
        del targets[rest[0]]
        return f"rungs-{number}-targets-{min(rest[0], len(targets) - 1)}"
    return None


def _swap(rungs: list[dict[str, Any]], one: int, other: int) -> str:
    rungs[one]["targets"], rungs[other]["targets"] = rungs[other]["targets"], rungs[one]["targets"]
    return f"rungs-{other}-targets-0"


def choice(target: Target) -> str:
    """A target as the value of a choice."""
    return f"{target.kind.value}:{target.id}"


def field_called(form: LadderForm, name: str) -> Any:
    """The field that an error is about; that of the first step for the steps as a whole."""
    found = {"rungs": form.rungs[0].form.after}
    for rung in form.rungs:
        found |= {one.name: one for one in (rung.form.after, *rung.form.targets)}
    return found.get(name) or form[name]


def wrong_fields(form: LadderForm) -> list[Any]:
    """Every field with an error, in the order of the page."""
    fields = [form.name, form.team]
    for rung in form.rungs:
        fields += [rung.form.after, *rung.form.targets]
    return [one for one in (*fields, form.repeat_after, form.repeats, form.fallback, form.at) if one.errors]


def _targets(chosen: Sequence[str]) -> list[Target]:
    """Those that are chosen; a choice that is none names nothing that is there."""
    found = []
    for value in filter(None, chosen):
        kind, _, row_id = value.partition(":")
        try:
            found.append(Target(TargetKind(kind), uuid.UUID(row_id)))
        except ValueError:
            found.append(Target(TargetKind.PERSON, uuid.UUID(int=0)))
    return found


def _seconds(typed: str | None, field: str) -> int:
    whole, colon, rest = (typed or "").strip().partition(":")
    is_clock = not colon or (len(rest) == 2 and _is_number(rest) and int(rest) < 60)
    if not _is_number(whole) or not is_clock:
        raise WrongFieldError(field, sentence(_NO_TIME))
    return int(whole) * 60 + int(rest or 0)


def _rounds(typed: str | None) -> int | None:
    text = (typed or "").strip()
    if text and not _is_number(text):
        raise WrongFieldError("repeats", sentence(_NO_NUMBER))
    return int(text) if text else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4
