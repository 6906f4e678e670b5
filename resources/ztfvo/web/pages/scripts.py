"""What scripts import, so that browsers may ask for all of it at once."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache

from ztfvo.web.pages import FOLDER, STATIC

_IMPORT = re.compile(r'^import [^"]*"([^"]+)";$', re.MULTILINE)


@lru_cache
def imported(script: str) -> tuple[str, ...]:
    """Return the addresses of what a script imports, and of what that imports in turn.

    Parameters
    ----------
    script
        Its path below the folder ``static``.
    """
    found = [f"{STATIC}/{script}"]
    for address in found:
        below = address.removeprefix(f"{STATIC}/")
        if below == address:  # of a library, which is one file
            continue
        text = (FOLDER / "static" / below).read_text()
        for name in _IMPORT.findall(text):
            other = posixpath.normpath(posixpath.join(posixpath.dirname(address), name))
            if other not in found:
                found.append(other)
    return tuple(found[1:])
