"""One's own account, other people's accounts, and the steps of proving who one is."""

from flask import Blueprint, Flask

from hotline.settings import Settings
from hotline.web.pages.account import (
    api_tokens,
    authenticator,
    confirm,
    oidc,
    passkeys,
    person,
    recovery,
    second_step,
    security,
    settings,
)
from hotline.web.pages.account.confirm import ask_again

__all__ = ["add_routes", "ask_again", "install"]


def install(app: Flask, of_the_site: Settings) -> None:
    """Know the organisation's sign-in, if there is one."""
    oidc.install(app, of_the_site)


def add_routes(blueprint: Blueprint) -> None:
    """Every page of this package."""
    for module in (
        confirm,
        second_step,
        passkeys,
        oidc,
        security,
        authenticator,
        recovery,
        settings,
        api_tokens,
        person,
    ):
        module.add_routes(blueprint)
