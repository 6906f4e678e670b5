"""Repairs of faults in DaCHS 2.11 that would reach users, one subject a module.

A module has a function `install`, for every process that DaCHS runs in, or `install_in_server`,
for what only a process with a web server has, or both; it is found by a listing of this folder.
Its text says what goes wrong without it; a test in ``tests/services`` or ``tests/security`` fails
then.  What it puts something else in the place of is in ``patched.json``, see
`ztfvo_dachs.patched`.  Where DaCHS has something else there, a module with ``OPTIONAL = True`` is
left out; the others guard the site, and are applied all the same.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

from gavo import base

from ztfvo.plugins import modules
from ztfvo_dachs import patched

FUNCTIONS = ("install", "install_in_server")
NOTE = "repairs.json"
"""File in DaCHS' folder of states, where a server says which repairs do not fit."""

_done: set[str] = set()
_left_out: dict[str, list[str]] = {}
_unsure: dict[str, list[str]] = {}


def install() -> None:
    """Apply all repairs, once in a process."""
    _apply("install")


def install_in_server() -> None:
    """Apply the repairs that only a process with a web server needs, once in a process."""
    _apply("install_in_server")
    note = Path(base.getConfig("stateDir")) / NOTE
    facts = {"version": version("gavodachs"), "left_out": _left_out, "unsure": _unsure}
    new = note.with_suffix(f".{id(note)}")
    new.write_text(json.dumps(facts), "ascii")
    new.replace(note)


def _apply(what: str) -> None:
    if what in _done:
        return
    _done.add(what)
    differing = patched.differing(what)
    for name, module in modules(__name__).items():
        others = differing.get(name, [])
        optional = getattr(module, "OPTIONAL", False)
        if others:
            base.ui.notifyWarning(
                f"The repair {name} was written for another DaCHS, and is"
                f" {'left out' if optional else 'applied all the same'}: {', '.join(others)}"
            )
            (_left_out if optional else _unsure)[name] = others
        if not (others and optional):
            getattr(module, what, lambda: None)()
