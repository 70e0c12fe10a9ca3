"""A local Twilio: REST, TwiML, signed webhooks, and telephones that tests and people can use.

It knows the service only over HTTP, as Twilio does. What Twilio's documentation leaves open is a
switch in :class:`Faults`; what the service does wrong is in ``Emulator.alerts``.
"""

from hotline.emulator.emulator import Emulator
from hotline.emulator.faults import Faults
from hotline.emulator.handset import Handset
from hotline.emulator.lab.notes import Label, Line, Notes, Sight, Step
from hotline.emulator.log import Alert, Entry
from hotline.emulator.model import Text
from hotline.emulator.phone_call import PhoneCall
from hotline.emulator.server import Server
from hotline.emulator.settings import Settings

__all__ = [
    "Alert",
    "Emulator",
    "Entry",
    "Faults",
    "Handset",
    "Label",
    "Line",
    "Notes",
    "PhoneCall",
    "Server",
    "Settings",
    "Sight",
    "Step",
    "Text",
]
