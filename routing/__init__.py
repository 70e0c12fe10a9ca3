"""Who answers? Rotations, overrides, on-call and escalation ladders. Pure: standard library only."""

from routing.climb import NobodyReachable, Resolve, Skip, Skipped, SkipReason, Step, everyone, next_step
from routing.gaps import Gap, gaps
from routing.hours import Hours
from routing.ladder import Ladder, Rung
from routing.oncall import OnCall, Shift, on_call, shifts
from routing.override import Override, OverrideKind
from routing.part import HandOff, Part
from routing.rehearsal import Moment, rehearse
from routing.rotation import Rotation, Spell, Version
from routing.timetable import Timetable, compile_timetable
from routing.wall import first_instant, last_instant

__all__ = [
    "Gap",
    "HandOff",
    "Hours",
    "Ladder",
    "Moment",
    "NobodyReachable",
    "OnCall",
    "Override",
    "OverrideKind",
    "Part",
    "Resolve",
    "Rotation",
    "Rung",
    "Shift",
    "Skip",
    "SkipReason",
    "Skipped",
    "Spell",
    "Step",
    "Timetable",
    "Version",
    "compile_timetable",
    "everyone",
    "first_instant",
    "gaps",
    "last_instant",
    "next_step",
    "on_call",
    "rehearse",
    "shifts",
]
