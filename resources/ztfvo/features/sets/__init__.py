"""Sets of features: one module each, found by listing this folder; each has ``SET``."""

from __future__ import annotations

from functools import lru_cache

from ztfvo.features.model import FeatureSet
from ztfvo.plugins import modules


@lru_cache(maxsize=1)
def sets() -> dict[str, FeatureSet]:
    """Return all sets by their versions."""
    return {one.SET.version: one.SET for one in modules(__name__).values()}
