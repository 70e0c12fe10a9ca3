"""The rosters: a timeline to read at a glance, and changing it with before and after in sight."""
