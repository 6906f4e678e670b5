"""Services outside: one module each, found by listing this folder; each has a ``SOURCE``."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from ztfvo.outside.model import Source
from ztfvo.plugins import modules


@lru_cache(maxsize=1)
def sources() -> dict[str, Source]:
    """Return all sources by name, in their order."""
    found = [replace(module.SOURCE, name=name) for name, module in modules(__name__).items()]
    found.sort(key=lambda source: (source.order, source.name))
    return {source.name: source for source in found}
