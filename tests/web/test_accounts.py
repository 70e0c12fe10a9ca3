"""Signing in: :mod:`hotline.services.accounts`."""

import pytest
from argon2 import PasswordHasher

from hotline.services import accounts, pins


def _try(world, email, password, address="192.0.2.1"):
    attempt = world.ask(lambda op: accounts.begin_sign_in(op, email, address))
    if not accounts.password_matches(attempt, password):
        return None
    renewed = accounts.renewed_hash(attempt, password)
    return world.ask(lambda op: accounts.finish_sign_in(op, attempt, renewed)).name


def test_the_right_password_opens_the_account_however_the_address_is_written(world):
    assert _try(world, " ADA@Example.com ", world.password) == "Ada Lovelace"


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
def test_a_wrong_password_and_an_unknown_account_are_refused_alike(world, email):
    assert _try(world, email, "wrong") is None


def test_the_ninth_wrong_try_is_refused_even_with_the_right_password(world):
    for _ in range(accounts.TRIES_FOR_A_PAIR):
        assert _try(world, "ada@example.com", "wrong") is None
    with pytest.raises(accounts.TooManyTriesError):
        _try(world, "ada@example.com", world.password)


def test_wrong_tries_from_elsewhere_do_not_lock_the_owner_out(world):
    for _ in range(accounts.TRIES_FOR_A_PAIR + 1):
        world.ask(lambda op: accounts.begin_sign_in(op, "ada@example.com", "198.51.100.7"))
    assert _try(world, "ada@example.com", world.password) == "Ada Lovelace"


def test_right_passwords_are_not_counted(world):
    for _ in range(accounts.TRIES_FOR_A_PAIR + 2):
        assert _try(world, "ada@example.com", world.password) == "Ada Lovelace"


def test_tries_are_forgotten_after_the_window(world):
    for _ in range(accounts.TRIES_FOR_A_PAIR + 1):
        world.ask(lambda op: accounts.begin_sign_in(op, "ada@example.com", "192.0.2.1"))
    world.clock.advance(15 * 60)
    assert _try(world, "ada@example.com", world.password) == "Ada Lovelace"


def test_a_hash_with_weaker_parameters_is_renewed_at_the_next_sign_in(world):
    weak = PasswordHasher(time_cost=1, memory_cost=1024).hash(world.password)
    world.change_user("Ada", password_hash=weak)
    assert _try(world, "ada@example.com", world.password) == "Ada Lovelace"
    renewed = world.user("Ada").password_hash
    assert renewed != weak
    assert not pins.is_dated(renewed)


def test_a_password_changed_between_the_steps_refuses(world):
    attempt = world.ask(lambda op: accounts.begin_sign_in(op, "ada@example.com", "192.0.2.1"))
    world.change_user("Ada", password_hash=pins.hash_secret("another"))
    with pytest.raises(accounts.SignInRefusedError):
        world.ask(lambda op: accounts.finish_sign_in(op, attempt))


def test_an_endless_password_is_refused_without_being_hashed(world):
    assert _try(world, "ada@example.com", world.password + "x" * 10_000) is None


def test_a_disabled_account_is_refused_like_one_that_does_not_exist(world):
    world.change_user("Ada", disabled_at=world.clock.now())
    assert _try(world, "ada@example.com", world.password) is None


def test_an_account_disabled_between_the_steps_refuses(world):
    attempt = world.ask(lambda op: accounts.begin_sign_in(op, "ada@example.com", "192.0.2.1"))
    world.change_user("Ada", disabled_at=world.clock.now())
    with pytest.raises(accounts.SignInRefusedError):
        world.ask(lambda op: accounts.finish_sign_in(op, attempt))
