"""``hotline terms``: what a contract promises, version by version, and what misses cost."""

from typing import Any

import typer

import sla
from hotline.cli.shared import AsJson, operation, print_json, print_table, ready_settings
from hotline.services.terms import examples, reading


def terms(
    contract: str = typer.Argument(help="The number of a contract."),
    as_json: bool = AsJson,
) -> None:
    """What a contract promises, version by version, and what misses cost."""
    with operation(ready_settings()) as op:
        agreed = reading.read(op, contract)
    if as_json:
        print_json([as_data(one) for one in agreed.versions])
        return
    if not agreed.versions:
        typer.echo(f"Nothing is promised for contract {contract} yet: set it on the pages, under Contracts.")
        return
    facts = [one.facts for one in agreed.versions]
    names = [f"{one.terms.version} ({one.standing})" for one in agreed.versions]
    print_table(
        f"Contract {contract} of {agreed.customer}, what is promised by version",
        ["", *names],
        [
            [name.replace("_", " "), *(_text(one[name]) for one in facts)]
            for name in facts[0]
            if any(one[name] for one in facts)
        ],
    )
    rows = _costs([one.terms for one in agreed.versions])
    print_table("What misses cost, if all come in one period; and what attainment earns", ["", *names], rows)


def as_data(version: reading.Version) -> dict[str, Any]:
    """A version for programs; examples in minor units."""
    return {
        "version": version.terms.version,
        "standing": version.standing.value,
        **version.facts,
        "incidents": version.incidents,
        "unfinished": version.unfinished,
        "misses_minor": [one.amount.minor for one in examples.misses(version.terms)],
        "attainments": [
            {"basis_points": one.share, "credit_minor": one.amount.minor}
            for one in examples.attainments(version.terms)
        ],
    }


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return "-" if value is None else str(value)


def _costs(versions: list[sla.Terms]) -> list[list[str]]:
    misses = [examples.misses(terms) for terms in versions]
    credits_ = [examples.attainments(terms) for terms in versions]
    rows = [
        [f"miss {number + 1}", *(_example(found[number]) if found else "-" for found in misses)]
        for number in range(examples.MISSES)
        if any(misses)
    ]
    measured = next(filter(None, credits_), [])
    for place, example in enumerate(measured):
        share = sla.percent(example.share or 0)
        rows.append([f"{share} in time", *(_example(found[place]) if found else "-" for found in credits_)])
    return rows


_RULES = {"floor": "the least", "cap_incident": "most of an incident", "cap_period": "most of the period"}


def _example(example: examples.Example) -> str:
    limits = ", ".join(_RULES[rule] for rule in example.limits)
    return f"{example.amount} ({limits})" if limits else str(example.amount)
