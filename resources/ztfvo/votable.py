"""VOTable documents."""

from __future__ import annotations

import base64
import re
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from astropy.io.votable.tree import TableElement

MEDIA_TYPE = "application/x-votable+xml"

_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0, section 2.2, cannot have, as references neither; halves of characters among it."""


class NumberTable(TableElement):
    """A table of single numbers, none of them masked, whose binary rows are written at once.

    Astropy writes them value by value, which takes most of the time of a light curve's document.
    NaN is what stands for no value (VOTable 1.4, section 6).
    """

    def _write_binary(self, mode: int, w: Any, **_: Any) -> None:
        if mode != 1:
            raise ValueError(f"binary mode {mode} has masks, which this table has not")
        rows = self.array.data
        packed = rows.astype(rows.dtype.newbyteorder(">")).tobytes()
        with w.tag("BINARY"), w.tag("STREAM", encoding="base64"):
            w.data(base64.b64encode(packed).decode("ascii"))


def printable(text: str) -> str:
    """The text with a question mark for each character that XML cannot have."""
    return _UNPRINTABLE.sub("?", text)


def error(message: str) -> bytes:
    """Return an error document (DALI 1.1, section 4.4).

    Parameters
    ----------
    message
        For people; it may repeat what they sent.
    """
    text = escape(printable(message))
    info = f"<INFO name={quoteattr('QUERY_STATUS')} value={quoteattr('ERROR')}>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">\n'
        f'<RESOURCE type="results">{info}{text}</INFO></RESOURCE>\n</VOTABLE>\n'
    ).encode()
