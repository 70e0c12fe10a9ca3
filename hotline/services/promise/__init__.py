"""The promise kept in time: warnings, the one breach, the one fine, and the watch over the worker."""
