"""The phone lab: the emulator's telephones in a browser, with what flows between it and the service.

A guest like the rest of the emulator: it knows no service, only what :mod:`.notes` tell it about one.
"""
