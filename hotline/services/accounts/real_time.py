"""Time as people live it, for a site whose clock may run faster than theirs.

Everything that the accounts keep is an instant of the site's clock like any other. But somebody who
types a password lives in real time: a session of twelve hours lasts twelve of *their* hours on a
demonstration that runs sixty times as fast, too, and their authenticator app knows nothing of it.
"""

from datetime import datetime, timedelta

from hotline.services.operation import Operation


def of_the_site(op: Operation, lived: timedelta) -> timedelta:
    """How far the site's clock moves while somebody lives through ``lived``."""
    return lived * op.settings.clock_speed


def wall_clock(op: Operation) -> datetime:
    """What a watch shows at ``op.now``: the same, unless the site's clock runs faster than time."""
    anchor, speed = op.settings.clock_anchor, op.settings.clock_speed
    if speed == 1 or anchor is None:
        return op.now
    return anchor + (op.now - anchor) / speed
