"""Folders of which each module is one of a kind: formats, links, readers, routes, commands.

A module is one unless its name begins with an underscore; nothing has to name it.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def names(package: str) -> list[str]:
    """Return the names of the modules of a package, given as imports have it, sorted."""
    path = importlib.import_module(package).__path__
    found = sorted(module.name for module in pkgutil.iter_modules(path))
    return [name for name in found if not name.startswith("_")]


def modules(package: str) -> dict[str, ModuleType]:
    """Return the modules of a package by name, in the order of their names.

    Parameters
    ----------
    package
        Name of the package, as imports have it.
    """
    return {name: importlib.import_module(f"{package}.{name}") for name in names(package)}


def in_order(package: str) -> dict[str, ModuleType]:
    """Return the modules of a package by name, by the number ORDER that each has."""
    return dict(sorted(modules(package).items(), key=lambda one: one[1].ORDER))
