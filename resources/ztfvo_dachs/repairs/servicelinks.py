"""Describe each links service once in results of joins.

DaCHS describes it again for each of the tables that it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gavo.formats import votablewrite

OPTIONAL = True


def install() -> None:
    """Apply the repair, once in a process."""
    original = votablewrite._iterDatalinkResources

    def resources(context: Any, data: Any) -> Iterator[Any]:
        seen = set()
        for element in original(context, data):
            written = element.render()
            if written not in seen:
                seen.add(written)
                yield element

    votablewrite._iterDatalinkResources = resources
