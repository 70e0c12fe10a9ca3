"""What whoever runs the emulator tells the lab: whose telephone is whose, and what there is to try.

Nothing here changes what the emulator does. It is shown to people, so names and PINs of a made-up world
may be in it, and nothing else. Unknown or ill-typed fields raise ``ValueError`` that names the field.
"""

from dataclasses import dataclass, fields
from typing import Any, get_args, get_origin, get_type_hints


@dataclass(frozen=True)
class Line:
    """A line of a card, such as ``PIN`` and ``482913``. ``keys`` can be typed by one tap."""

    name: str = ""
    value: str = ""
    keys: str = ""


@dataclass(frozen=True)
class Label:
    """Whose a telephone is.

    ``kind`` is ``caller``, ``colleague`` or empty; ``role`` what they do; ``group`` whom callers are
    listed under; ``dials`` the number they would call. ``first`` shows it from the start, and ``duty``
    says why until the instant ``until`` (ISO 8601).
    """

    name: str = ""
    kind: str = ""
    role: str = ""
    group: str = ""
    dials: str = ""
    time_zone: str = ""
    first: bool = False
    duty: str = ""
    until: str = ""
    card: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Sight:
    """Something to be seen in the log: an entry of ``kind`` whose text matches the pattern ``text``.

    ``data`` are patterns for its details by name; ``party`` is the kind of label of the telephone it is
    about. Patterns are JavaScript's, which read these as Python does.
    """

    kind: str = ""
    text: str = ""
    party: str = ""
    data: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Step:
    """Something to try: ``how``, and ``why`` it matters, told once every sight of ``sees`` came in order."""

    title: str = ""
    how: tuple[str, ...] = ()
    why: str = ""
    sees: tuple[Sight, ...] = ()


@dataclass(frozen=True)
class Notes:
    """About the service: pages to look at, who may sign in, what to try, how engineers reply by text.

    ``replies`` are patterns of texts that can be offered for sending, each with one group, and what to
    send, where ``$1`` is what the group found.
    """

    service: str = ""
    links: tuple[Line, ...] = ()
    sign_in: tuple[Line, ...] = ()
    password: str = ""
    tour: tuple[Step, ...] = ()
    replies: tuple[Line, ...] = ()


def read(kind: type[Any], value: Any) -> Any:
    """A note of that kind from JSON. Raises ``ValueError``."""
    if not isinstance(value, dict):
        raise ValueError(f"a {kind.__name__.lower()} is a JSON object")
    hints = get_type_hints(kind)
    if unknown := sorted(set(value) - {field.name for field in fields(kind)}):
        raise ValueError(f"a {kind.__name__.lower()} has no {', '.join(unknown)}")
    return kind(**{name: _field(name, hints[name], given) for name, given in value.items()})


def _field(name: str, hint: Any, given: Any) -> Any:
    if get_origin(hint) is tuple:
        if not isinstance(given, list):
            raise ValueError(f"{name} is a list")
        inner = get_args(hint)[0]
        return tuple(_field(name, inner, one) for one in given)
    if hint in (str, bool):
        if not isinstance(given, hint):
            raise ValueError(f"{name} is {'true or false' if hint is bool else 'a text'}")
        return given
    return read(hint, given)
