"""Formats of light curves: one module each, found by listing this folder.

A module has

- ``NAMES``, the values of RESPONSEFORMAT that mean it, short name first, MIME types among them;
- ``EXTENSION``, of file names, without dot;
- ``CONTENT_TYPE``, of the answer;
- ``write(product: Product) -> bytes``;
- where they differ from these defaults, ``CYCLES = 1``, the cycles shown of a folded light curve,
  ``FIGURE = False``, whether own photometry can be shown too, and ``ATTACHMENT = False``, whether
  browsers shall save the answer instead of showing it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from ztfvo.products.model import Product


@dataclass(frozen=True)
class Writer:
    """One format."""

    names: tuple[str, ...]
    extension: str
    content_type: str
    write: Callable[[Product], bytes]
    cycles: int
    figure: bool
    attachment: bool


@lru_cache(maxsize=1)
def writers() -> tuple[Writer, ...]:
    """All formats."""
    modules = [
        importlib.import_module(f"{__name__}.{module.name}")
        for module in pkgutil.iter_modules(__path__)
    ]
    return tuple(
        Writer(
            names=module.NAMES,
            extension=module.EXTENSION,
            content_type=module.CONTENT_TYPE,
            write=module.write,
            cycles=getattr(module, "CYCLES", 1),
            figure=getattr(module, "FIGURE", False),
            attachment=getattr(module, "ATTACHMENT", False),
        )
        for module in modules
        if hasattr(module, "NAMES")
    )


@lru_cache(maxsize=1)
def by_name() -> dict[str, Writer]:
    """Formats by every value of RESPONSEFORMAT."""
    return {name: writer for writer in writers() for name in writer.names}


@lru_cache(maxsize=1)
def by_extension() -> dict[str, Writer]:
    """Formats by extension."""
    return {writer.extension: writer for writer in writers()}
