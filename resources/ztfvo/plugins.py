"""Folders of which each module is one of a kind: formats, links, readers, routes, commands.

A module is one unless its name begins with an underscore; nothing has to name it.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def modules(package: str) -> dict[str, ModuleType]:
    """Return the modules of a package by name, in the order of their names.

    Parameters
    ----------
    package
        Name of the package, as imports have it.
    """
    path = importlib.import_module(package).__path__
    names = sorted(found.name for found in pkgutil.iter_modules(path))
    return {
        name: importlib.import_module(f"{package}.{name}")
        for name in names
        if not name.startswith("_")
    }
