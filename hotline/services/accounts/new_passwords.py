"""Choosing a password: long enough, not known to everybody, not the person themselves."""

import re
import secrets
import uuid

import sqlalchemy as sa

from hotline.db.models import User
from hotline.errors import InvalidInputError
from hotline.services.accounts import challenges, events, sessions
from hotline.services.accounts.passwords import LONGEST_PASSWORD, SignInRefusedError
from hotline.services.accounts.sealing import keyed_digest
from hotline.services.operation import Operation
from hotline.services.reports.words import marked

SHORTEST = 12
_FEWEST_LETTERS = 5
_GENERATED = "abcdefghijkmnpqrstuvwxyz23456789"
# What is left of a password without its digits, signs and doubled words is not one of these.
_COMMON_WORDS = (
    "password passwort passw0rd p@ssword p@ssw0rd katasandi katakunci rahasia sandi letmein welcome "
    "iloveyou sayang sayangku admin administrator administrators qwerty qwertyuiop qwertyuiopasdfghjkl "
    "asdfghjkl zxcvbnm azerty azertyuiop qazwsxedc dragon monkey football baseball basketball superman "
    "batman sunshine princess trustno master michael jennifer jordan starwars pokemon liverpool chelsea "
    "arsenal manchester indonesia jakarta bismillah hotline secret changeme default support login guest "
    "root test testing demo example user username hello helloworld whatever correcthorsebatterystaple "
    "abcdefgh abcdefghij abcdefghijkl abcdefghijklmnopqrstuvwxyz mypassword yourpassword thepassword "
    "newpassword password password company server summer winter autumn spring"
)
_COMMON = frozenset(_COMMON_WORDS.split())
_LOOK_ALIKE = str.maketrans("@$013", "asoie")
_RUNS = ("0123456789012345678901234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


def must_be_good(password: str, name: str, email: str) -> None:
    """Raises :class:`InvalidInputError` with the reason when a password would be guessed."""
    if len(password) < SHORTEST:
        raise InvalidInputError(
            marked("Choose at least twelve characters: several words are easy to remember.")
        )
    if len(password) > LONGEST_PASSWORD or "\0" in password:
        raise InvalidInputError(marked("This cannot be used as a password. Choose a shorter one."))
    plain = password.lower()
    words = [email.lower(), email.lower().partition("@")[0], *name.lower().split()]
    if any(_is_little_more_than(word, plain) for word in words if len(word) >= 3):
        raise InvalidInputError(marked("Choose a password that is not your name or your e-mail address."))
    if len(set(plain)) < _FEWEST_LETTERS or _is_run(plain) or _is_common(plain):
        raise InvalidInputError(
            marked("Others would guess this password. Choose several words that do not belong together.")
        )


def change(op: Operation, user_id: uuid.UUID, before: str, after: str, session_id: uuid.UUID) -> None:
    """Replace the hash ``before`` by ``after``; end every session but this one, and each half-done sign-in.

    Raises :class:`SignInRefusedError` when the password was changed meanwhile.
    """
    statement = sa.update(User).where(User.id == user_id, User.password_hash == before)
    if op.session.connection().execute(statement.values(password_hash=after)).rowcount != 1:
        raise SignInRefusedError(marked("Your password was changed meanwhile, somewhere else."))
    events.record(op, user_id, "password-changed", user_id)
    sessions.revoke_all(op, user_id, user_id, keep=session_id)
    challenges.forget_all(op, user_id)


def generate() -> str:
    """Twenty letters and digits in groups of five: a hundred bits."""
    groups = ["".join(secrets.choice(_GENERATED) for _ in range(5)) for _ in range(4)]
    return "-".join(groups)


def of_token(op: Operation, token: str) -> str:
    """The same kind of password worked out from a token and the secret key: a second tap gives the same."""
    digits = int(keyed_digest(op, "password of a token", token), 16)
    letters = []
    for _ in range(20):
        digits, left = divmod(digits, len(_GENERATED))
        letters.append(_GENERATED[left])
    return "-".join("".join(letters[at : at + 5]) for at in range(0, 20, 5))


def _is_little_more_than(word: str, password: str) -> bool:
    return word in password and len(password) - len(word) * password.count(word) < SHORTEST // 2


def _is_run(password: str) -> bool:
    return any(password in run or password in run[::-1] for run in _RUNS)


def _is_common(password: str) -> bool:
    return any(
        _is_known(re.sub(r"[\W\d_]+", "", spelling))
        for spelling in (password, password.translate(_LOOK_ALIKE))
    )


def _is_known(letters: str) -> bool:
    half = letters[: len(letters) // 2]
    return letters in _COMMON or (half + half == letters and half in _COMMON)
