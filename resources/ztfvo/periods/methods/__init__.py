"""Statistics that periods are looked for by: one module each, found by listing this folder.

Each has NAME, TITLE, REFERENCE, FALSE_ALARM (how its probability is computed, empty where it is
not), ORDER, FEWEST (epochs of a light curve), MOST (frequencies) and ``powers(series, grid)``.
"""

from __future__ import annotations

from functools import lru_cache
from types import ModuleType

from ztfvo.plugins import in_order


@lru_cache(maxsize=1)
def methods() -> dict[str, ModuleType]:
    """Return all methods by name, in their order."""
    return {one.NAME: one for one in in_order(__name__).values()}
