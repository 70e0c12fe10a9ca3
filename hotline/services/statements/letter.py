"""A statement as a letter: what stands on the paper, in the customer's words, before any layout."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from hotline.db.models import Statement, StatementKind
from hotline.services.reports.words import marked, said
from hotline.services.statements import words
from hotline.services.statements.locales import Writing

_PLANS = {
    "premier": "Premier",
    "premier_plus": "Premier Plus",
    "premier_ultimate": "Premier Ultimate",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One entry: day, name, the evidence in sentences, and the amount; ``mark`` stands beside the name."""

    day: str
    name: str
    details: Sequence[str]
    amount: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A group of entries with its subtotal."""

    name: str
    rows: Sequence[Row]
    subtotal: str


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that is printed. Columns of ``months`` are those of ``month_heads``; amounts stand right."""

    number: str
    language: str
    made_at: datetime
    title: str
    subtitle: str
    vendor: str
    address: Sequence[str]
    customer: str
    facts: Sequence[tuple[str, str]]
    summary: Sequence[tuple[str, str]]
    result: str
    notes: Sequence[str]
    heads: tuple[str, str, str]
    sections: Sequence[Section]
    subtotal_word: str
    months_title: str = ""
    month_heads: Sequence[str] = ()
    months: Sequence[Sequence[str]] = field(default_factory=tuple)
    proof_title: str = ""
    proof: Sequence[str] = ()
    hash: str = ""
    page_of: str = ""
    disputed_word: str = ""


def writing_of(statement: Statement) -> Writing:
    """How a statement writes amounts and days."""
    content = statement.content
    return Writing(content["language"], content["locale"], content["zone"])


def compose(statement: Statement) -> Letter:
    """The letter of a statement: the same for ever."""
    content, writing = statement.content, writing_of(statement)
    language, code = writing.language, statement.currency

    def say(text: str, **values: object) -> str:
        return said(text, language, **values)

    lines: list[dict[str, Any]] = content["lines"]
    groups = words.groups(lines)
    subtitle = (
        writing.month(statement.starts_on)
        if statement.kind is StatementKind.MONTH
        else f"{writing.day(statement.starts_on)} \N{EN DASH} {writing.day(statement.ends_on)}"
    )
    return Letter(
        number=statement.number,
        language=language,
        made_at=statement.drawn_at,
        title=say(words.TITLES[statement.kind]),
        subtitle=subtitle,
        vendor=content["vendor"]["name"],
        address=content["vendor"]["address"],
        customer=content["customer"],
        facts=[
            (say(marked("Number")), statement.number),
            (say(marked("Date")), writing.local_day(statement.drawn_at)),
            (
                say(marked("Period")),
                f"{writing.day(statement.starts_on)} \N{EN DASH} {writing.day(statement.ends_on)}",
            ),
            (
                say(marked("Contract")),
                f"{content['contract']}, {_PLANS.get(content['plan'], content['plan'])}",
            ),
            (say(marked("Currency")), code),
        ],
        summary=[
            (say(marked("Opening balance, carried over")), writing.amount(statement.opening, code)),
            *((say(name), writing.amount(total, code)) for name, _own, total in groups if total),
            (say(marked("Closing balance")), writing.money(statement.closing, code)),
        ],
        result=result(statement, writing),
        notes=list(_notes(statement, writing)),
        heads=(say(marked("Day")), say(marked("Entry")), f"{say(marked('Amount'))} ({code})"),
        sections=[
            Section(
                say(name),
                [_row(line, code, writing, statement) for line in own],
                writing.amount(total, code),
            )
            for name, own, total in groups
        ],
        subtotal_word=say(marked("Subtotal")),
        months_title=say(marked("The year by month")) if "months" in content else "",
        month_heads=[
            say(text)
            for text in (
                marked("Month"),
                marked("In time"),
                marked("Missed"),
                marked("Attainment"),
                marked("Service credits"),
                marked("Other entries"),
            )
        ],
        months=[_month(month, code, writing) for month in content.get("months", ())],
        proof_title=say(marked("How to check this statement")),
        proof=[
            say(
                marked(
                    "Every entry of your ledger is chained to the one before it by a cryptographic "
                    "hash. When this statement was drawn up, the ledger of contract {contract} ended with "
                    "entry {last} and the hash below. We can show you at any time, with the command "
                    "\u201chotline ledger verify --expect\u201d and the line below, that nothing before it "
                    "was changed."
                ),
                contract=content["contract"],
                last=statement.last_sequence,
            )
        ],
        hash=f"{content['contract']}:{statement.last_hash}",
        page_of=say(marked("Page {page} of {pages}"), page="{page}", pages="{pages}"),
        disputed_word=say(marked("disputed")),
    )


def result(statement: Statement, writing: Writing) -> str:
    """What the closing balance means."""
    code = statement.currency
    if statement.closing > 0:
        text = marked(
            "{amount} is owed to you. What is not paid or set off is carried over to your next statement."
        )
    elif statement.closing < 0:
        text = marked("{amount} more was paid than was owed. It is set off against later credits.")
    else:
        text = marked("Nothing is owed: this account is settled.")
    return said(text, writing.language, amount=writing.money(abs(statement.closing), code))


def _notes(statement: Statement, writing: Writing) -> Iterator[str]:
    content, language = statement.content, writing.language
    counted = content["attainment"]
    every = counted["kept"] + counted["missed"]
    if every:
        yield said(
            marked("{kept} of {every} incidents of this period were answered in time: {share}."),
            language,
            kept=counted["kept"],
            every=every,
            share=writing.share(counted["kept"], every),
        )
    else:
        yield said(marked("No incident of this period had a deadline."), language)
    if content["disputed"]:
        yield said(
            marked("{amount} of this account is disputed and stands until the dispute is over."),
            language,
            amount=writing.money(content["disputed"], statement.currency),
        )
    if not content["lines"]:
        yield said(marked("There was no entry in this period."), language)


def _row(line: Mapping[str, Any], code: str, writing: Writing, statement: Statement) -> Row:
    day = date.fromisoformat(line["day"])
    details = list(details_of(line, writing))
    if day < statement.starts_on:
        details.insert(
            0, said(marked("Recorded after the statement of its period was drawn up."), writing.language)
        )
    return Row(
        day=writing.day(day),
        name=name_of(line, writing),
        details=details,
        amount=writing.amount(line["amount"], code),
        mark=said(marked("disputed"), writing.language) if line.get("disputed") else "",
    )


def name_of(line: Mapping[str, Any], writing: Writing) -> str:
    """What a line is called."""
    incident, period = line.get("incident"), line.get("period")
    return said(
        words.entry(line),
        writing.language,
        reference="" if incident is None else incident["reference"],
        first="" if period is None else writing.day(date.fromisoformat(period["starts_on"])),
        last="" if period is None else writing.day(date.fromisoformat(period["ends_on"])),
        about=line.get("about", ""),
    )


def details_of(line: Mapping[str, Any], writing: Writing) -> Iterator[str]:
    """The evidence behind a line, sentence by sentence."""
    language = writing.language
    if "incident" in line:
        yield from _incident(line["incident"], writing)
    if "period" in line:
        for text, references in (
            (marked("Answered in time: {references}."), line["period"]["kept"]),
            (marked("Missed: {references}."), line["period"]["missed"]),
        ):
            if references:
                yield said(text, language, references=", ".join(references))
    yield line["sentence"]
    if "reason" in line:
        yield said(marked("Reason: {reason}"), language, reason=line["reason"])
    if "approved_by" in line:
        yield said(
            marked("Asked for by {asked}, approved by {approved}."),
            language,
            asked=line.get("requested_by", "\N{EN DASH}"),
            approved=line["approved_by"],
        )


def _incident(incident: Mapping[str, Any], writing: Writing) -> Iterator[str]:
    language = writing.language
    yield said(
        marked("{product}: reported {channel} on {at}, promised by {deadline}."),
        language,
        product=incident["product"] or "\N{EN DASH}",
        channel=said(words.CHANNELS[incident["channel"]], language),
        at=writing.second(datetime.fromisoformat(incident["reported_at"])),
        deadline=_instant(incident["respond_by"], writing),
    )
    if incident["told_at"] is None:
        yield said(marked("Nobody had been told when this statement was drawn up."), language)
        return
    yield said(
        marked("{told} on {at}."),
        language,
        told=_capital(said(words.WAYS[incident["told_by"]], language)),
        at=_instant(incident["told_at"], writing),
    )


def _month(month: Mapping[str, Any], code: str, writing: Writing) -> list[str]:
    every = month["kept"] + month["missed"]
    return [
        writing.month(date.fromisoformat(month["starts_on"])),
        str(month["kept"]),
        str(month["missed"]),
        writing.share(month["kept"], every),
        writing.amount(month["charged"], code),
        writing.amount(month["other"], code),
    ]


def _instant(text: str | None, writing: Writing) -> str:
    return "\N{EN DASH}" if text is None else writing.second(datetime.fromisoformat(text))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
