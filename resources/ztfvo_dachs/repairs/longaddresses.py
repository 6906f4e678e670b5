"""Read addresses as long as nginx passes on.

Twisted hangs up on requests whose first line and headers have 16 KiB together, with a 400 that says
nothing.
"""

from __future__ import annotations

from twisted.web.http import HTTPChannel

from ztfvo.addresses import LONGEST_ADDRESS

LONGEST_LINE = 2 * LONGEST_ADDRESS
MOST_BYTES = 8 * LONGEST_ADDRESS
"""Of all headers; nginx takes half of it."""


def install_in_server() -> None:
    """Apply the repair, once in a process."""
    HTTPChannel.MAX_LENGTH = LONGEST_LINE
    HTTPChannel.totalHeadersSize = MOST_BYTES
