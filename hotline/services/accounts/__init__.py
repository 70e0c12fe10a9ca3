"""Accounts: who somebody is, how they proved it, and for how long that is believed.

Importing this package gives the errors and the sign-in with a password; the rest is by module.
"""

from hotline.services.accounts.passwords import (
    TRIES_FOR_A_PAIR,
    TRIES_FOR_AN_EMAIL,
    TRIES_FROM_AN_ADDRESS,
    Attempt,
    SignInRefusedError,
    TooManyTriesError,
    begin_sign_in,
    finish_sign_in,
    note_failure,
    password_matches,
    refused,
    renewed_hash,
)

__all__ = [
    "TRIES_FOR_AN_EMAIL",
    "TRIES_FOR_A_PAIR",
    "TRIES_FROM_AN_ADDRESS",
    "Attempt",
    "SignInRefusedError",
    "TooManyTriesError",
    "begin_sign_in",
    "finish_sign_in",
    "note_failure",
    "password_matches",
    "refused",
    "renewed_hash",
]
