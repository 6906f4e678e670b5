"""Requests and answers of the site's own addresses, free of any web framework.

A handler takes a `Question` and returns an `Answer`, or raises `Refused`; ``ztfvo_dachs.pages``
puts handlers on line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

VOTABLE = "application/x-votable+xml"
TEXT = "text/plain; charset=utf-8"

LONGEST_SHOWN = 60
"""Characters of a value that a sentence repeats."""


def shorten(text: str, longest: int = LONGEST_SHOWN) -> str:
    """A value as it may stand in a sentence: not too long."""
    return text if len(text) <= longest else f"{text[:longest]}..."


@dataclass(frozen=True)
class Question:
    """One request for one of the site's own addresses."""

    path: tuple[str, ...]
    """Decoded segments below the handler's address."""
    parameters: dict[str, list[str]] = field(default_factory=dict)
    """Values by parameter name in capitals (DALI 1.1, section 3: names do not depend on case)."""
    method: str = "GET"
    body: bytes = b""
    """Of a POST that is not a form."""
    content_type: str = ""
    """Of the body, without parameters."""


@dataclass(frozen=True)
class Answer:
    """What is sent back."""

    body: bytes
    content_type: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """A request that cannot be answered; the message is for the person who sent it.

    Parameters
    ----------
    status
        HTTP status.
    message
        One sentence or two that name the value and the remedy.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def refusal(status: int, message: str, votable: bool) -> Answer:
    """The answer to a request that cannot be served: a DALI error document or plain text.

    Parameters
    ----------
    status
        HTTP status.
    message
        For people; escaped where the document needs it.
    votable
        Whether a VO client asked: DALI 1.1, section 4.4 wants a VOTable then.
    """
    if not votable:
        return Answer(f"{message}\n".encode(), TEXT, status)
    info = f"<INFO name={quoteattr('QUERY_STATUS')} value={quoteattr('ERROR')}>"
    document = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">\n'
        f'<RESOURCE type="results">{info}{escape(message)}</INFO></RESOURCE>\n</VOTABLE>\n'
    )
    return Answer(document.encode(), VOTABLE, status)
