"""Who answers? Rotations, overrides, on-call and escalation ladders. Pure: standard library only."""

from routing.climb import NobodyReachable, Resolve, Skip, Skipped, SkipReason, Step, everyone, next_step
from routing.gaps import Gap, gaps
from routing.ladder import Ladder, Rung
from routing.oncall import OnCall, Shift, on_call, shifts
from routing.override import Override
from routing.rotation import Rotation, first_instant
from routing.timetable import Spell, Timetable, compile_timetable

__all__ = [
    "Gap",
    "Ladder",
    "NobodyReachable",
    "OnCall",
    "Override",
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
    "compile_timetable",
    "everyone",
    "first_instant",
    "gaps",
    "next_step",
    "on_call",
    "shifts",
]
