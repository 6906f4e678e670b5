"""The library dustmaps, imported where a map is read: with what it needs that takes a second."""

from __future__ import annotations

import importlib
import warnings
from types import ModuleType


def module(name: str) -> ModuleType:
    """Return a module of dustmaps; its advice on a file of configuration is not shown."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(f"dustmaps.{name}")
