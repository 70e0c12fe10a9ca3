"""One list on the screen: its address, what is chosen, how to change that, and the rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hotline.services import lists
from hotline.services.operation import Operation
from hotline.web.pages.lists import words
from hotline.web.pages.lists.fields import Field, FieldKind
from hotline.web.pages.site import now_of_page, the_site
from hotline.web.pages.words import gettext, time_zone

_OF_EVERY_LIST = ("sort", "dir", "after", "before")
_ARIA = {False: "ascending", True: "descending"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a list is shown. ``more`` reads what a template needs beside the rows, in the same transaction."""

    listing: lists.Listing[Any]
    endpoint: str
    file_endpoint: str
    template: str
    fields: Callable[[Operation], Sequence[Field]]
    more: Callable[[Operation, "lists.Question[Any]"], Mapping[str, Any]] = field(
        default=lambda _op, _question: {}
    )

    def show(self) -> ResponseReturnValue:
        """The page; with an unusable address, what is wrong with it, and no rows."""
        if "" in request.args.values():  # a form sends its empty fields too: keep them out of the address
            return redirect(_address(self.endpoint, self._kept()))
        with the_site().reading() as op:
            question = self.ask()
            fields = self.fields(op)
            found = None if question.problems else lists.page(op, question)
            more = {} if question.problems else self.more(op, question)
        view = View(self, question, fields, found)
        status = 422 if view.problems else 200
        return render_template(self.template, view=view, now=now_of_page(), day=words.day, **more), status

    def file(self) -> ResponseReturnValue:
        """Everything that fits, as a download that is written while it is read."""
        question = self.ask()
        if question.problems:
            return self.show()
        name = f"hotline-{self.listing.name}-{now_of_page():%Y-%m-%d}.csv"
        parts = lists.as_csv(the_site().reading, question)
        answer = Response((part.encode() for part in parts), mimetype="text/csv")
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        answer.headers["X-Accel-Buffering"] = "no"  # a proxy that waits for the end would need the memory
        return answer

    def _kept(self) -> dict[str, str]:
        """What is asked for, without what is empty or no part of the list."""
        known = {*self.listing.filters, *_OF_EVERY_LIST}
        return {name: text for name, text in _asked().items() if text and name in known}

    def ask(self) -> "lists.Question[Any]":
        """The question that the address asks."""
        return lists.ask(self.listing, _asked(), ZoneInfo(time_zone()))


@dataclass(frozen=True, slots=True)
class View:
    """What a template is given; ``page`` is None when the address cannot be used."""

    sheet: Sheet
    question: "lists.Question[Any]"
    fields: Sequence[Field]
    page: "lists.Page[Any] | None"

    @property
    def rows(self) -> list[Any]:
        """The rows of this page."""
        return [] if self.page is None else self.page.rows

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong, by the name of the parameter."""
        return {found.parameter: gettext(words.FAULTS[found.fault]) for found in self.question.problems}

    @property
    def chosen(self) -> Mapping[str, str]:
        """The filters as they were typed."""
        return self.question.typed

    @property
    def is_narrowed(self) -> bool:
        """True when something other than words is chosen, or is wrong."""
        return bool(self.chosen.keys() - {"q"} or self.problems.keys() - {"q"})

    @property
    def order(self) -> dict[str, str]:
        """What the address says of the order; nothing for the usual one."""
        listing, question = self.sheet.listing, self.question
        if (question.sort, question.descending) == (listing.sort, listing.descending):
            return {}
        return {"sort": question.sort, "dir": "desc" if question.descending else "asc"}

    @property
    def chips(self) -> list[tuple[str, str]]:
        """What is chosen, and the address at which it is not."""
        return [
            (f"{gettext(one.label)}: {one.words(self.chosen[one.name])}", self._without(one.name))
            for one in self.fields
            if one.name in self.chosen
        ]

    @property
    def plain(self) -> str:
        """The list as it is when nothing is chosen."""
        return url_for(self.sheet.endpoint)

    @property
    def first(self) -> str | None:
        """The first page, when this is another one."""
        return None if self.question.place is None else self._address(**self.chosen, **self.order)

    @property
    def file(self) -> str:
        """The same as a file."""
        return _address(self.sheet.file_endpoint, {**self.chosen, **self.order})

    @property
    def before(self) -> str | None:
        """The page before this one."""
        return self._neighbour("before", None if self.page is None else self.page.before)

    @property
    def after(self) -> str | None:
        """The page behind this one."""
        return self._neighbour("after", None if self.page is None else self.page.after)

    @property
    def is_newest_first(self) -> bool:
        """True when the pages go back in time, so that they are called newer and older."""
        return self.question.sort in {"at", "reported"} and self.question.descending

    def sorted(self, sort: str) -> str | None:
        """``ascending`` or ``descending`` when the list is sorted by this column."""
        return _ARIA[self.question.descending] if self.question.sort == sort else None

    def sort(self, sort: str) -> str:
        """The address that sorts by a column, or turns the order when it is that one already."""
        listing = self.sheet.listing
        down = sort == listing.sort and listing.descending
        if self.question.sort == sort:
            down = not self.question.descending
        usual = sort == listing.sort and down == listing.descending
        order = {} if usual else {"sort": sort, "dir": "desc" if down else "asc"}
        return self._address(**self.chosen, **order)

    def drawn(self, kind: str) -> list[Field]:
        """The fields of a kind."""
        return [one for one in self.fields if one.kind == kind]

    @property
    def narrowing(self) -> list[Field]:
        """The fields behind "Filters": all that are drawn, but the one for words."""
        return [one for one in self.fields if one.name != "q" and one.kind is not FieldKind.HIDDEN]

    def _without(self, name: str) -> str:
        return self._address(**{key: text for key, text in self.chosen.items() if key != name}, **self.order)

    def _neighbour(self, name: str, cursor: str | None) -> str | None:
        return None if cursor is None else self._address(**self.chosen, **self.order, **{name: cursor})

    def _address(self, **values: str) -> str:
        return _address(self.sheet.endpoint, values)


def _address(endpoint: str, values: Mapping[str, Any]) -> str:
    return url_for(endpoint, **values)


def _asked() -> dict[str, str]:
    return request.args.to_dict()
