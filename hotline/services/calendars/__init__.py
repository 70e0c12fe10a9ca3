"""On-call time as calendars show it: the days ahead, the timeline, feeds to subscribe to, and leave."""
