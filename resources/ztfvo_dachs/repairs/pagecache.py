"""Keep the transfer's headers out of cached pages.

The first answer goes out in chunks; DaCHS keeps its headers and sends the page whole
under them from then on, which clients and proxies refuse.
"""

from __future__ import annotations

from typing import Any

OPTIONAL = True


def install_in_server() -> None:
    """Apply the repair, once in a process."""
    from gavo.web import caching

    original = caching.CachedPage.__init__

    def make(self: Any, content: bytes, headers: Any, last_modified: Any) -> None:
        headers.removeHeader("transfer-encoding")
        original(self, content, headers, last_modified)

    caching.CachedPage.__init__ = make
