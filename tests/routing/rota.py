"""Rotations as most teams have them: one part, one hand-off in a cycle, since ever."""

from datetime import date, time

from routing import HandOff, Part, Rotation, Version

TEAM = ("Ada", "Bo", "Cy")


def rota(
    time_zone: str,
    starts_on: date,
    hand_off: time,
    cycle_days: int = 1,
    members: tuple[str, ...] = TEAM,
) -> Rotation[str]:
    """Everyone in turn for ``cycle_days``, from ``hand_off`` on ``starts_on``."""
    part = Part(time_zone, starts_on, members, cycle_days, (HandOff(0, hand_off),))
    return Rotation("db", "SQL Server, first line", (Version(None, (part,)),))


def only_part(rotation: Rotation[str]) -> Part[str]:
    """The one part of such a rotation."""
    ((part,),) = (version.parts for version in rotation.versions)
    return part
