"""Read tokens that resume a list of the registry within bounds, and say which are none.

DaCHS unpacks whatever is sent as one, to any size: two thousand characters become megabytes, and a
POST becomes all of the machine's memory.  What cannot be a token it takes for a fault of its own.
"""

from __future__ import annotations

import base64
import zlib
from typing import Any

LONGEST = 2_000
"""Characters of a token; DaCHS' own have some two hundred."""

LARGEST = 10_000
"""Bytes of what one stands for."""

MOST_RECORDS = 10**9
"""Records that a list may be resumed after; PostgreSQL could count further."""

UNREADABLE = "This is no token of this registry: begin the list again without one."


def install_in_server() -> None:
    """Apply the repair, once in a process."""
    from gavo import utils
    from gavo.registry import common, oaiinter

    parse = oaiinter.parseResumptionToken

    def parse_checked(parameters: dict[str, Any]) -> dict[str, Any]:
        try:
            found = parse(parameters)
            if not 0 <= found["resumptionToken"] <= MOST_RECORDS:
                raise ValueError(UNREADABLE)
        except common.OAIError:
            raise
        except Exception as error:
            raise common.BadResumptionToken(UNREADABLE) from error
        return found

    utils.getDirtyBytes = unpack
    oaiinter.parseResumptionToken = parse_checked


def unpack(text: str | bytes) -> bytes:
    """What DaCHS packed into a text.

    Raises
    ------
    ValueError
        When the text is too long, nothing that was packed, or more than fits.
    """
    if len(text) > LONGEST:
        raise ValueError(UNREADABLE)
    packed = zlib.decompressobj()
    try:
        found = packed.decompress(base64.b64decode(text), LARGEST)
    except (ValueError, zlib.error) as error:
        raise ValueError(UNREADABLE) from error
    if not packed.eof:
        raise ValueError(UNREADABLE)
    return found
