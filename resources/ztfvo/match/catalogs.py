"""The catalogues that places are compared with: services outside, and what this site hosts."""

from __future__ import annotations

from functools import lru_cache

from ztfvo.match import hosted
from ztfvo.match.model import Catalog
from ztfvo.outside.sources import sources

MATCHED = {"cross-match", "classification"}
"""What sources give whose rows are objects at a place."""


def known() -> dict[str, Catalog]:
    """Return all catalogues by name, in their order.

    What this site hosts is taken from its own database; the service outside that has the same is
    not asked.
    """
    return dict(sorted((_remote() | hosted.known()).items(), key=lambda one: one[1].source.order))


@lru_cache(maxsize=1)
def _remote() -> dict[str, Catalog]:
    return {
        name: Catalog(source) for name, source in sources().items() if MATCHED & set(source.gives)
    }
