"""Repairs of faults in DaCHS 2.11 that would reach users, one subject a module.

A module has a function `install`, for every process that DaCHS runs in, or `install_in_server`,
for what only a process with a web server has, or both; it is found by a listing of this folder.
Its text says what goes wrong without it; a test in ``tests/services`` or ``tests/security`` fails
then.
"""

from __future__ import annotations

import importlib
import pkgutil

_done: set[str] = set()


def install() -> None:
    """Apply all repairs, once in a process."""
    _apply("install")


def install_in_server() -> None:
    """Apply the repairs that only a process with a web server needs, once in a process."""
    _apply("install_in_server")


def _apply(what: str) -> None:
    if what in _done:
        return
    _done.add(what)
    for found in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        module = importlib.import_module(f"{__name__}.{found.name}")
        getattr(module, what, lambda: None)()
