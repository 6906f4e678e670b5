"""The library sncosmo, imported where models are read: with what it needs that takes seconds.

It would fetch models and bands that are not there by itself.  Here it may not: its models come to
this installation by `ztfvo.supernovae.installing` alone.
"""

from __future__ import annotations

import importlib
from functools import lru_cache
from types import ModuleType
from typing import NoReturn

from ztfvo.supernovae.model import ModelError


class _NoFiles:
    """In place of what fetches sncosmo's files."""

    def abspath(self, relpath: str, isdir: bool = False) -> NoReturn:
        raise ModelError(f"sncosmo wants its file {relpath}, and fetches nothing here.")


@lru_cache(maxsize=1)
def sncosmo() -> ModuleType:
    """Return the module, which fetches nothing."""
    module = importlib.import_module("sncosmo")
    importlib.import_module("sncosmo.builtins").DATADIR = _NoFiles()
    return module
