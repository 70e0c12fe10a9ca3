"""A thing of the directory ends, or is brought back: what became of it is said on its page."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from hotline.services import directory
from hotline.web.pages.admin import words
from hotline.web.pages.guard import viewer
from hotline.web.pages.site import the_site
from hotline.web.pages.words import gettext


def end(kind: directory.Kind[Any], row_id: uuid.UUID, page: str) -> ResponseReturnValue:
    """It ends, unless something is in the way; nothing is deleted."""
    done, already = gettext("It has ended."), gettext("It had ended already.")
    return _switch(directory.end, kind, row_id, page, done, already)


def bring_back(kind: directory.Kind[Any], row_id: uuid.UUID, page: str) -> ResponseReturnValue:
    """It can be chosen again, unless something is in the way."""
    done, already = gettext("It is back."), gettext("It was there already.")
    return _switch(directory.bring_back, kind, row_id, page, done, already)


def _switch(
    act: Callable[..., bool], kind: directory.Kind[Any], row_id: uuid.UUID, page: str, done: str, already: str
) -> ResponseReturnValue:
    me = viewer().id
    try:
        is_new = the_site().write(lambda op: act(op, kind, me, row_id))
    except directory.InUseError as refusal:
        flash(" ".join(words.said(reason) for reason in refusal.reasons), "warning")
    else:
        flash(done if is_new else already, "success")
    return redirect(page, 303)
