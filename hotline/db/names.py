"""Names that are sorted and searched: one rule for every database, whatever its collation.

SQLite knows capital letters of English only, and PostgreSQL sorts as its operating system does. So a
name is kept a second time as its key, which :func:`fold` makes and which compares byte by byte.
"""

import unicodedata
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import Mapped, mapped_column, validates

LONGEST_KEY = 400
# SQLite compares byte by byte unless told otherwise; UTF-8 in bytes sorts as its code points do.
KEY = sa.String(LONGEST_KEY).with_variant(sa.String(LONGEST_KEY, collation="C"), "postgresql")


def fold(text: str) -> str:
    """``text`` without case, accents and surplus spaces: ``Jürgen  GROSS`` and ``jurgen groß`` are one.

    At most :data:`LONGEST_KEY` characters.
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in apart if not unicodedata.combining(character))
    return " ".join(unicodedata.normalize("NFKC", bare).casefold().split())[:LONGEST_KEY]


def _key_of_new(context: DefaultExecutionContext) -> str:
    """For rows that are written in bulk, past the mapper."""
    values: dict[str, Any] = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return fold(values["name"])


class Named:
    """A row with a ``name``: the mapper keeps ``name_key`` in step with it.

    A bulk UPDATE of ``name`` must set ``name_key`` too.
    """

    name_key: Mapped[str] = mapped_column(KEY, default=_key_of_new, index=True)

    @validates("name")
    def _keep_the_key(self, _attribute: str, name: str) -> str:
        self.name_key = fold(name)
        return name
