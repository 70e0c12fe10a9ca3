"""The ledger: every entry with how it came to be, a contract's account, and what people change of it."""

from flask import Blueprint

from hotline.web.pages.ledger import accounts, approvals, asking, listing


def add_routes(blueprint: Blueprint) -> None:
    """The list, accounts and entries, asking for adjustments and approving them."""
    for module in (listing, approvals, accounts, asking):
        module.add_routes(blueprint)
