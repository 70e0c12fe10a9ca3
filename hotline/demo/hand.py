"""The telephone in hand: whose it is, and which one is meant when nobody said."""

from hotline.demo.cast import first_name
from hotline.demo.directory import the_one
from hotline.demo.remote import Remote
from hotline.errors import InvalidInputError


class Hand:
    """Holds one telephone at a time, or none."""

    def __init__(self, remote: Remote) -> None:
        self.remote = remote
        self.phone: str | None = None

    @property
    def prompt(self) -> str:
        """Whose telephone is in hand."""
        return f"{first_name(self.phone).lower() if self.phone else 'phone'}> "

    def mine(self, example: str) -> str:
        """The telephone in hand. Raises :class:`InvalidInputError` with an ``example`` when there is none."""
        if self.phone is None:
            raise InvalidInputError(
                f"Whose telephone? Say `use made` first, or `{example}`; `list` shows all."
            )
        return self.phone

    def in_state(self, command: str, *states: str) -> str:
        """The telephone in hand if ``command`` makes sense for it, else the only one for which it does.

        Raises :class:`InvalidInputError` when there is none, or a choice.
        """
        found = [phone["number"] for phone in self.remote.handsets() if phone["state"] in states]
        if self.phone is not None and self.phone in found:
            return self.phone
        return the_one(found, command, " or ".join(states))
