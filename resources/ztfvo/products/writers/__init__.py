"""Formats of light curves: one module each, found by listing this folder.

A module has

- ``NAMES``, the values of RESPONSEFORMAT that mean it, short name first, MIME types among them;
- ``EXTENSION``, of file names, without dot;
- ``CONTENT_TYPE``, of the answer;
- ``TITLE``, what it is, for people, and ``ORDER``, a number by which lists are sorted;
- ``write(product: Product) -> bytes``;
- where they differ from these defaults, ``SEMANTICS = "#derivation"``, of its links (files of the
  same numbers are derivations of #this: several rows of #this would be parts of one dataset to
  clients), ``CYCLES = 1``, the cycles shown of a folded light curve, ``FIGURE = False``, whether
  it is a figure, in which own photometry and models can be shown, ``LONGEST``, the rows it takes,
  ``ATTACHMENT = False``, whether browsers shall save the answer instead of showing it, and
  ``FLAT = False``, whether it is a table, for which there are layouts (`ztfvo.products.layouts`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from ztfvo.plugins import modules
from ztfvo.products.model import Product


@dataclass(frozen=True)
class Writer:
    """One format."""

    names: tuple[str, ...]
    extension: str
    content_type: str
    title: str
    order: int
    semantics: str
    write: Callable[[Product], bytes]
    cycles: int
    figure: bool
    attachment: bool
    longest: float = math.inf
    """Rows that it takes."""
    flat: bool = False
    """Whether it has layouts."""
    circles: bool = True
    """Whether it shows light curves by position."""
    models: bool = False
    """Whether it shows models of supernovae."""


@lru_cache(maxsize=1)
def writers() -> tuple[Writer, ...]:
    """All formats, in their order."""
    found = (
        Writer(
            names=module.NAMES,
            extension=module.EXTENSION,
            content_type=module.CONTENT_TYPE,
            title=module.TITLE,
            order=module.ORDER,
            semantics=getattr(module, "SEMANTICS", "#derivation"),
            write=module.write,
            cycles=getattr(module, "CYCLES", 1),
            figure=getattr(module, "FIGURE", False),
            attachment=getattr(module, "ATTACHMENT", False),
            longest=getattr(module, "LONGEST", math.inf),
            flat=getattr(module, "FLAT", False),
            models=getattr(module, "FIGURE", False),
        )
        for module in modules(__name__).values()
    )
    return tuple(sorted(found, key=lambda writer: writer.order))
