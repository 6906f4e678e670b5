"""What the repairs replace in DaCHS, and whether it is what they were written for.

``patched.json`` names it, for each repair and each of its functions, with a checksum of its source.
``python -m ztfvo_dachs.patched`` prints it for the DaCHS that is installed.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import inspect
import json
import pkgutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ztfvo_dachs
from ztfvo.plugins import modules

TABLE = Path(__file__).with_name("patched.json")
OURS, THEIRS = "ztfvo_dachs", ("gavo", "twisted", "psycopg2")
PLAIN = (str, int, float, bool, type(None))
"""Types of values that are compared as they are written."""

Table = dict[str, dict[str, dict[str, str]]]
"""Checksums by repair, its function, and name, such as ``gavo.web.root:ArchiveService.getChild``.
"""


def read() -> Table:
    """Return the table that the repairs were written with."""
    return json.loads(TABLE.read_text("ascii"))


def differing(what: str) -> dict[str, list[str]]:
    """Return the names of DaCHS that are not as a repair was written for them, by repair.

    Parameters
    ----------
    what
        Which of the functions of the repairs is about to be called.
    """
    found = {}
    for repair, functions in read().items():
        names = [name for name, sum_ in functions.get(what, {}).items() if checksum(name) != sum_]
        if names:
            found[repair] = names
    return found


def checksum(name: str) -> str:
    """Return the checksum of what stands under a name: of its source, or of its value."""
    module, _, path = name.partition(":")
    try:
        value: Any = importlib.import_module(module)
        for part in path.split("."):
            value = getattr(value, part)
    except (ImportError, AttributeError):
        return "absent"
    return _checksum(value)


def _checksum(value: Any) -> str:
    if isinstance(value, PLAIN):
        text = repr(value)
    else:
        try:
            text = inspect.getsource(inspect.unwrap(getattr(value, "__func__", value)))
        except (TypeError, OSError):
            return f"a {type(value).__name__}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def trace(call: Callable[[], object], known: dict[str, str]) -> dict[str, str]:
    """Call a function and return what it puts something else in the place of, with checksums.

    Parameters
    ----------
    call
        The function.
    known
        Checksums of what earlier ones have replaced, as DaCHS has it; those of this one are added.
    """
    before = _snapshot()
    call()
    changed = {}
    for name, value in _snapshot().items():
        if name in before:
            if before[name] is value:
                continue
            known.setdefault(name, _checksum(before[name]))
        elif _is_ours(value):
            known.setdefault(name, _inherited(name))
        else:
            continue
        changed[name] = known[name]
    return changed


def _inherited(name: str) -> str:
    module, _, path = name.partition(":")
    kind, _, part = path.partition(".")
    parents = getattr(sys.modules[module], kind).__mro__[1:] if part else ()
    for parent in parents:
        if part in vars(parent):
            return _checksum(vars(parent)[part])
    return "absent"


def _is_ours(value: Any) -> bool:
    # A cached property has the name of its function's module in some versions of Python only.
    value = getattr(value, "__func__", getattr(value, "func", value))
    return str(getattr(value, "__module__", "")).startswith(OURS)


def _snapshot() -> dict[str, Any]:
    found = {}
    for name, module in list(sys.modules.items()):
        if module is None or not name.startswith(THEIRS):
            continue
        for key, value in list(vars(module).items()):
            found[f"{name}:{key}"] = value
            if isinstance(value, type) and value.__module__ == name:
                for part, member in list(vars(value).items()):
                    if not part.startswith("_abc_"):
                        found[f"{name}:{key}.{part}"] = member
    return found


def table() -> Table:
    """Apply all repairs to this process, one after the other, and return what they change.

    To be called before DaCHS has read anything: it would have applied them.
    """
    ztfvo_dachs.install_or_end = lambda: None
    for package in ("base", "formats", "protocols", "rsc", "svcs", "web"):
        path = importlib.import_module(f"gavo.{package}").__path__
        for found in pkgutil.iter_modules(path, f"gavo.{package}."):
            with contextlib.suppress(ImportError):  # parts that need what is not installed
                importlib.import_module(found.name)
    from ztfvo_dachs import repairs

    known: dict[str, str] = {}
    changed: Table = {}
    for what in repairs.FUNCTIONS:
        for name, module in modules(repairs.__name__).items():
            if hasattr(module, what):
                changed.setdefault(name, {})[what] = dict(
                    sorted(trace(getattr(module, what), known).items())
                )
    return changed


if __name__ == "__main__":
    print(json.dumps(table(), indent=1, sort_keys=True))
