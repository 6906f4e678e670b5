"""Kinds of files of models: one module each, found by listing this folder.

Each has ``prepare(paths, folder)``, which writes what is needed of the files of a model, in the
order of their declaration, and ``load``: that of models takes an installed one and returns a source
of sncosmo.  Files that are damaged raise what the libraries raise.
"""

from __future__ import annotations

from functools import lru_cache
from types import ModuleType

from ztfvo.plugins import modules


@lru_cache(maxsize=1)
def kinds() -> dict[str, ModuleType]:
    """Return all kinds by name."""
    return modules(__name__)
