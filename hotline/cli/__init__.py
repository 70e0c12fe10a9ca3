"""The ``hotline`` command. Thin: each command reads the settings, calls one thing and prints."""

from hotline.cli.main import main

__all__ = ["main"]
