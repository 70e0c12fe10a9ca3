"""What the service costs beside the least that could do the same. Run it with ``make bench``."""
