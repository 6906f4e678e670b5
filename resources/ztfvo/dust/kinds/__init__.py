"""Kinds of files of dust maps: one module each, found by listing this folder.

Each has

TITLE
    What such a file is, for people.
PARTS
    Names of the parts, a file each, that make a map.
``part(path)``
    The part that a file is by what is in it; None where it is of another kind.
``prepare(files, folder)``
    Write the arrays of the map, from its files by part.
``load(folder)``
    Return what gives values and reliability at galactic coordinates.
"""

from __future__ import annotations

from functools import lru_cache
from types import ModuleType

from ztfvo.plugins import modules


@lru_cache(maxsize=1)
def kinds() -> dict[str, ModuleType]:
    """Return all kinds by name."""
    return modules(__name__)
