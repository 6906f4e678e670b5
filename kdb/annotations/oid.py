"""What a ZTF object identifier (OID) looks like.

It has 15 or 16 digits: field, then one digit of filter (1 to 3), two of CCD (1 to 16), one of
quadrant (1 to 4), and eight of the source.
"""

from __future__ import annotations


class InvalidOID(ValueError):
    """A text that is no OID; the message says why."""


def parse_oid(text: str) -> int:
    """Read an OID.

    Raises
    ------
    InvalidOID
        When it has not 15 or 16 digits, or names a filter, CCD or quadrant that does not exist.
    """
    if not (text.isascii() and text.isdigit() and len(text) in (15, 16) and text[0] != "0"):
        raise InvalidOID(f"{text[:40]!r} is not an OID: it is a number of 15 or 16 digits.")
    filterid, ccdid, quadrant = int(text[-12]), int(text[-11:-9]), int(text[-9])
    if not (1 <= filterid <= 3 and 1 <= ccdid <= 16 and 1 <= quadrant <= 4):
        raise InvalidOID(f"{text} is not an OID: its filter, CCD or quadrant does not exist.")
    return int(text)
