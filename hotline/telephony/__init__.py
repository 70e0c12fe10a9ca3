"""The port through which calls and messages leave, and its adapters."""
