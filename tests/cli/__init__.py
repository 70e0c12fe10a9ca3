"""The ``hotline`` command as people type it: helps, facts, mistakes, and the processes it starts."""
