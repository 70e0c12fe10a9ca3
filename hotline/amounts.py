"""Amounts of money as settings write them: ``USD 10,000; IDR 150,000,000``."""

from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_settings import NoDecode

import sla


def amounts(value: Any) -> Any:
    """One amount for each currency, divided by semicolons. Raises ValueError that says what is wrong."""
    if not isinstance(value, str):
        return tuple(value or ())
    found = [_amount(part.strip()) for part in value.split(";") if part.strip()]
    codes = [amount.currency for amount in found]
    twice = {code for code in codes if codes.count(code) > 1}
    if twice:
        raise ValueError(f"names {min(twice)} twice")
    return tuple(found)


def _amount(text: str) -> sla.Money:
    code, _, major = text.partition(" ")
    try:
        amount = sla.money_from_text(major, code.upper())
    except ValueError as wrong:
        raise ValueError(f"is a list such as USD 10,000; IDR 150,000,000, and here {wrong}") from None
    if amount.minor < 0:
        raise ValueError(f"has an amount below zero: {amount}")
    return amount


AmountList = Annotated[tuple[sla.Money, ...], NoDecode, BeforeValidator(amounts)]
