"""Read TwiML as Twilio does: broken XML fails the document, unknown words are noted and skipped."""

import re
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from hotline.emulator.twiml import grammar

MAX_BYTES = 64 * 1024
INVALID_XML = 12100
SCHEMA = 12200
BAD_CONTENT = 12300
TOO_LONG = 11750
SAY_LIMIT = 4096
# A "google.id-ID-Standard-A" or "Polly.Joanna-Neural" names its language or does not.
_VOICE_LANGUAGE = re.compile(r"^Google\.([a-z]{2,3}-[A-Z]{2})-", re.IGNORECASE)
_TEXT_TYPES = ("text/xml", "application/xml", "text/html", "text/plain")


@dataclass(frozen=True)
class Problem:
    code: int
    message: str
    fatal: bool = False


@dataclass
class Element:
    """One verb or noun: only attributes that Twilio knows and could read are left."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.attributes.get(name)
        return default if value is None else value.lower() == "true"

    def number(self, name: str, default: int) -> int:
        value = self.attributes.get(name)
        return default if value is None else int(value)


@dataclass
class Document:
    """A parsed answer. ``verbs`` is empty when ``problems`` holds a fatal one."""

    verbs: list[Element]
    problems: list[Problem]
    url: str = ""

    @property
    def fatal(self) -> Problem | None:
        return next((problem for problem in self.problems if problem.fatal), None)


def read(body: bytes, content_type: str, url: str = "", messaging: bool = False) -> Document:
    """Parse the ``body`` of an answer from ``url``; never raises."""
    problems: list[Problem] = []
    refusal = _refusal(body, content_type)
    if refusal is not None:
        return Document([], [refusal], url)
    kind = content_type.split(";")[0].strip().lower()
    if kind == "text/plain":
        verb = Element("Message", text=body.decode("utf-8", "replace")) if messaging else None
        says = Element("Say", text=body.decode("utf-8", "replace"))
        return Document([verb or says], problems, url)
    try:
        root = ET.fromstring(body)  # noqa: S314 - our own service's answer, at most 64 kB
    except ET.ParseError as error:
        return Document([], [Problem(INVALID_XML, f"Document parse failure: {error}", True)], url)
    if root.tag != "Response":
        return Document([], [Problem(INVALID_XML, f"the root element is <{root.tag}>", True)], url)
    verbs = _children(root, messaging, problems)
    return Document(verbs, problems, url)


def _refusal(body: bytes, content_type: str) -> Problem | None:
    if len(body) > MAX_BYTES:
        return Problem(TOO_LONG, f"the answer has {len(body)} bytes, above 64 kB", True)
    kind = content_type.split(";")[0].strip().lower()
    if not kind:
        return Problem(BAD_CONTENT, "the answer has no Content-Type", True)
    if kind not in _TEXT_TYPES:
        return Problem(BAD_CONTENT, f"Content-Type {kind} is not TwiML", True)
    if kind != "text/plain" and body[:1].isspace():
        return Problem(INVALID_XML, "white space stands before the XML", True)
    return None


def _children(parent: ET.Element, messaging: bool, problems: list[Problem]) -> list[Element]:
    allowed = (grammar.MESSAGING_CHILDREN if messaging else grammar.VOICE_CHILDREN).get(parent.tag, ())
    found: list[Element] = []
    for node in parent:
        if node.tag not in allowed:
            problems.append(Problem(SCHEMA, f"<{node.tag}> is not allowed inside <{parent.tag}>"))
            continue
        found.append(_element(node, messaging, problems))
    return found


def _element(node: ET.Element, messaging: bool, problems: list[Problem]) -> Element:
    known = (grammar.MESSAGING if messaging else grammar.VOICE)[node.tag]
    attributes: dict[str, str] = {}
    for name, value in node.attrib.items():
        kind = known.get(name)
        if kind is None:
            problems.append(Problem(SCHEMA, f"<{node.tag}> has no attribute {name!r}"))
        elif not _fits(kind, value):
            problems.append(Problem(SCHEMA, f"<{node.tag} {name}={value!r}> is not {kind}"))
        else:
            attributes[name] = value
    children = [] if node.tag == "Say" else _children(node, messaging, problems)
    # SSML inside <Say> is spoken as the words that it wraps.
    text = "".join(node.itertext()) if node.tag == "Say" else (node.text or "")
    element = Element(node.tag, attributes, " ".join(text.split()), children)
    problems.extend(_meaning(element))
    return element


def _fits(kind: str, value: str) -> bool:
    if kind in ("text", "url"):
        return True
    if kind == "bool":
        return value.lower() in ("true", "false")
    if kind == "method":
        return value.upper() in ("GET", "POST")
    if kind.startswith("int:"):
        low, high = kind[4:].split(":")
        return value.isascii() and value.isdigit() and int(low) <= int(value) <= int(high)
    if kind.startswith("list:"):
        return all(word in kind[5:].split("|") for word in value.split())
    return value in kind.split("|")


def _meaning(element: Element) -> list[Problem]:
    if element.name == "Say":
        return _say_problems(element)
    if element.name in ("Enqueue", "Queue") and len(element.text) > 64:
        return [Problem(SCHEMA, f"a queue name of {len(element.text)} characters is above 64")]
    if element.name == "Conference" and not 0 < len(element.text) <= 128:
        return [Problem(SCHEMA, "a conference name has 1 to 128 characters")]
    if element.name == "Redirect" and not element.text:
        return [Problem(12100, "<Redirect> has no URL")]
    if element.name == "Dial" and not element.text and not element.children:
        return [Problem(SCHEMA, "<Dial> names nobody")]
    return []


def _say_problems(element: Element) -> list[Problem]:
    problems = []
    if not element.text:
        problems.append(Problem(13520, "<Say> has no text"))
    if len(element.text) > SAY_LIMIT:
        problems.append(Problem(13520, f"<Say> has {len(element.text)} characters, above {SAY_LIMIT}"))
    language = element.get("language")
    voice = _VOICE_LANGUAGE.match(element.get("voice"))
    if language and voice and voice.group(1).lower() != language.lower():
        problems.append(Problem(13512, f"voice {element.get('voice')} does not speak {language}"))
    return problems
