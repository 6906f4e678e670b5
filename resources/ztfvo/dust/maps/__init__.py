"""Maps of dust: one module each, found by listing this folder.

Each has MAP, and ORDER: where one map is wanted, the first that is installed is taken.
"""

from __future__ import annotations

from functools import lru_cache

from ztfvo.dust.model import Map
from ztfvo.plugins import in_order


@lru_cache(maxsize=1)
def maps() -> dict[str, Map]:
    """Return all maps by name, in their order."""
    return {one.MAP.name: one.MAP for one in in_order(__name__).values()}
