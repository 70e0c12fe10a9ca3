"""TwiML: the grammar, and reading a document against it."""

from hotline.emulator.twiml.document import Document, Element, Problem, read

__all__ = ["Document", "Element", "Problem", "read"]
