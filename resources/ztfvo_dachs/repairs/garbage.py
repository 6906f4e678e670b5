"""Collect garbage once a minute.

DaCHS does so after every tenth request, in the thread that all requests share, and a fifth of a
second passes each time.
"""

from __future__ import annotations

import gc
import time
from types import SimpleNamespace

OPTIONAL = True

EVERY = 60.0
"""Seconds."""

_last = time.monotonic()


def install_in_server() -> None:
    """Apply the repair, once in a process."""
    from gavo.web import root

    root.gc = SimpleNamespace(collect=collect)


def collect() -> bool:
    """Collect garbage where it is time; whether it was."""
    global _last
    now = time.monotonic()
    if now - _last < EVERY:
        return False
    _last = now
    gc.collect()
    return True
