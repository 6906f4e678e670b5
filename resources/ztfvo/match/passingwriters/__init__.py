"""Forms of what may have passed a light curve: one module each, found by listing this folder.

Each has NAMES, CONTENT_TYPE, TITLE, ORDER and ``write``.
"""

from __future__ import annotations

from functools import lru_cache
from types import ModuleType

from ztfvo.plugins import in_order


@lru_cache(maxsize=1)
def writers() -> list[ModuleType]:
    """Return all forms, in their order."""
    return list(in_order(__name__).values())
