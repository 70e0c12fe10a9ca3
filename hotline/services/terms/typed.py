"""Terms as they are typed into a form, and back: every refusal names its field, and its line."""

import dataclasses
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

import sla
from hotline.services.directory import amounts, checks
from hotline.services.directory.kind import Values, WrongFieldError, sentence
from hotline.services.reports.words import marked

_MOST_MINUTES = 24 * 60
_LONGEST_NOTE = 500


def read(values: Values, version: int) -> sla.Terms:
    """The terms that were typed. Raises :class:`WrongFieldError`."""
    starts_on = amounts.day(values["effective_from"], "effective_from")
    years = amounts.day(values["year_starts_on"], "year_starts_on")
    if starts_on < years:
        raise WrongFieldError(
            "year_starts_on",
            sentence(marked("The years cannot begin after the terms, {day}."), day=starts_on.isoformat()),
        )
    minutes = values["minutes"]
    if minutes is None or not 1 <= minutes <= _MOST_MINUTES:
        raise WrongFieldError("minutes", sentence(marked("Between 1 and 1440 minutes.")))
    code = amounts.currency(values["currency"])
    fee = amounts.positive(values["annual_fee"], code, "annual_fee")
    rising, attainment = _rising(values, code, fee), _attainment(values, code, fee)
    if rising is None and attainment is None:
        raise WrongFieldError(
            "rising",
            sentence(marked("Write what a miss costs, or what too few answers in time earn, or both.")),
        )
    return sla.Terms(
        version=version,
        effective_from=starts_on,
        respond_within=timedelta(minutes=minutes),
        warn_at=_shares_of_time(values["warn_at"]),
        year_starts_on=years,
        time_zone=checks.time_zone(values["time_zone"]),
        currency=code,
        annual_fee=fee,
        rising=rising,
        attainment=attainment,
        limits=_limits(values, code),
        stops=_stops(values["stops"]),
    )


def note(values: Values) -> str:
    """What was noted with it. Raises :class:`WrongFieldError`."""
    text = str(values["note"] or "").replace("\r\n", "\n").strip()
    if len(text) > _LONGEST_NOTE:
        raise WrongFieldError(
            "note", sentence(marked("At most {longest} characters."), longest=_LONGEST_NOTE)
        )
    return text


def typed(terms: sla.Terms) -> dict[str, object]:
    """The same terms as the form shows them."""
    limits = terms.limits
    return {
        "effective_from": terms.effective_from,
        "minutes": int(terms.respond_within.total_seconds()) // 60,
        "warn_at": ", ".join(map(str, terms.warn_at)),
        "stops": sorted(terms.stops),
        "time_zone": terms.time_zone,
        "year_starts_on": terms.year_starts_on,
        "currency": terms.currency,
        "annual_fee": major(terms.annual_fee),
        "rising": "\n".join(map(price, () if terms.rising is None else terms.rising.steps)),
        "rising_period": sla.Period.YEAR if terms.rising is None else terms.rising.period,
        "attainment": "\n".join(band_lines(terms)),
        "attainment_period": sla.Period.QUARTER if terms.attainment is None else terms.attainment.period,
        "floor": major(limits.floor),
        "per_incident": major(limits.per_incident),
        "per_period": major(None if limits.per_period is None else limits.per_period.amount),
        "cap_period": sla.Period.YEAR if limits.per_period is None else limits.per_period.period,
    }


def major(money: sla.Money | None) -> str:
    """An amount as it is typed, without its currency; nothing for none."""
    return "" if money is None else f"{money.to_decimal():,f}"


def price(found: sla.Price) -> str:
    """A price as it is typed: an amount, or a share of the fee."""
    return major(found) if isinstance(found, sla.Money) else sla.percent(found.basis_points)


def band_lines(terms: sla.Terms) -> list[str]:
    """The bands as they are typed, such as ``90 %: 12,500.00``."""
    bands = () if terms.attainment is None else terms.attainment.bands
    return [f"{sla.percent(band.below)}: {price(band.credit)}" for band in bands]


def _shares_of_time(text: str | None) -> tuple[Fraction, ...]:
    """Shares such as ``1/2, 5/6`` or ``50 %, 80 %`` that rise between 0 and 1."""
    found = tuple(_fraction(part) for part in str(text or "").replace("\n", ",").split(",") if part.strip())
    rises = all(earlier < later for earlier, later in pairwise(found))
    if not rises or any(not 0 < one < 1 for one in found):
        raise WrongFieldError(
            "warn_at", sentence(marked("Shares rise, and lie between nothing and the whole time."))
        )
    return found


def _fraction(text: str) -> Fraction:
    points = amounts.share(text)
    if points is not None:
        return Fraction(points, 10_000)
    upper, slash, lower = text.strip().partition("/")
    is_plain = all(part.isascii() and part.isdigit() and len(part) <= 4 for part in (upper, lower))
    if not slash or not is_plain or int(lower) == 0:
        raise WrongFieldError(
            "warn_at",
            sentence(
                marked("“{typed}” is no share. Write them as 1/2, 5/6 or as 50 %, 80 %."), typed=text.strip()
            ),
        )
    return Fraction(int(upper), int(lower))


def _stops(chosen: object) -> frozenset[sla.Stop]:
    found = frozenset(stop for stop in sla.Stop if stop in set(chosen))  # type: ignore[call-overload]
    if not found:
        raise WrongFieldError(
            "stops", sentence(marked("Choose at least one: without any, every clock runs out."))
        )
    return found


def _period(text: object, field: str) -> sla.Period:
    if text not in set(sla.Period):
        raise WrongFieldError(field, sentence(marked("Choose a month, a quarter or a year.")))
    return sla.Period(str(text))


@dataclass(slots=True)
class _Prices:
    """The prices of one field, read line by line: none may be worth less than the one before."""

    field: str
    code: str
    fee: sla.Money | None
    read: list[sla.Price] = dataclasses.field(default_factory=list)

    def refused(self, number: int, words: str) -> WrongFieldError:
        return WrongFieldError(self.field, sentence(words, line=number))

    def add(self, number: int, text: str, wrong: str, less: str) -> sla.Price:
        """The price that ``text`` says; ``wrong`` is said if it is none, ``less`` if prices fall."""
        points = amounts.share(text)
        found: sla.Price | None = amounts.amount(text, self.code) if points is None else sla.FeeShare(points)
        if found is None:
            raise self.refused(number, wrong)
        if isinstance(found, sla.FeeShare) and self.fee is None:
            words = marked("Line {line} is a share of the annual fee: type the fee as well.")
            raise self.refused(number, words)
        if self.read and self._falls(self.read[-1], found):
            raise self.refused(number, less)
        self.read.append(found)
        return found

    def _falls(self, before: sla.Price, after: sla.Price) -> bool:
        """A smaller share of the fee is less, also where both come to the same amount."""
        if isinstance(before, sla.FeeShare) and isinstance(after, sla.FeeShare):
            return after.basis_points < before.basis_points
        return sla.worth(after, self.fee) < sla.worth(before, self.fee)


def _rising(values: Values, code: str, fee: sla.Money | None) -> sla.RisingSchedule | None:
    prices = _Prices("rising", code, fee)
    for number, line in amounts.lines(values["rising"]):
        prices.add(
            number,
            line,
            marked("Line {line} is no amount and no share of the fee. Write it as 12,500.00 or as 2.5 %."),
            marked("Line {line} costs less than the line before it."),
        )
    period = _period(values["rising_period"], "rising_period")
    return sla.RisingSchedule(tuple(prices.read), code, period) if prices.read else None


def _attainment(values: Values, code: str, fee: sla.Money | None) -> sla.AttainmentSchedule | None:
    prices = _Prices("attainment", code, fee)
    bands: list[sla.Band] = []
    shape = marked(
        "Line {line}: write a share of the incidents, a colon and the credit, such as 90 %: 12,500.00 or "
        "75 %: 5 %."
    )
    for number, line in amounts.lines(values["attainment"]):
        left, _colon, right = line.partition(":")
        below = amounts.share(left if left.strip().endswith("%") else f"{left.strip()} %")
        if not below or not right.strip():
            raise prices.refused(number, shape)
        if bands and below >= bands[-1].below:
            raise prices.refused(number, marked("Line {line} is not below the share of the line before it."))
        less = marked("Line {line} earns less than the line before it.")
        bands.append(sla.Band(below, prices.add(number, right.strip(), shape, less)))
    period = _period(values["attainment_period"], "attainment_period")
    return sla.AttainmentSchedule(tuple(bands), code, period) if bands else None


def _limits(values: Values, code: str) -> sla.Limits:
    floor = amounts.positive(values["floor"], code, "floor")
    per_incident = amounts.positive(values["per_incident"], code, "per_incident")
    per_period = amounts.positive(values["per_period"], code, "per_period")
    caps = [cap for cap in (per_incident, per_period) if cap is not None]
    if floor is not None and any(cap < floor for cap in caps):
        raise WrongFieldError(
            "floor", sentence(marked("The least a miss costs is more than the most that is written below."))
        )
    period = _period(values["cap_period"], "cap_period")
    return sla.Limits(floor, per_incident, None if per_period is None else sla.Cap(per_period, period))
