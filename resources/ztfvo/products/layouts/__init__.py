"""Layouts of tables: the columns that another service gives light curves, one module each.

A module has

- ``COLUMNS``, a tuple of `ztfvo.products.columns.Column`;
- ``NEEDS``, those of `ztfvo.products.columns.OPTIONAL` that its values are computed from;
- ``values(curve: Curve) -> dict``, arrays of the curve's length by the names of columns; columns
  that it leaves out have no value;
- ``ORDER``, the names of the columns that rows are ordered by, the first before the others;
- ``FRAMES``, frames of times (`ztfvo.times`) by the names of columns;
- where they differ from these defaults, ``TIME = "hmjd"``, the column of a light curve that
  bounds of time are of, and ``LENIENT = False``, whether OIDs that a release has not are left out.

A layout is one table of all light curves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ztfvo.plugins import modules
from ztfvo.products.columns import Column
from ztfvo.products.model import Curve


@dataclass(frozen=True)
class Layout:
    """One layout."""

    columns: tuple[Column, ...]
    needs: tuple[str, ...]
    values: Callable[[Curve], dict[str, np.ndarray]]
    order: tuple[str, ...]
    frames: Mapping[str, Mapping[str, Any]]
    time: str
    lenient: bool


@lru_cache(maxsize=1)
def layouts() -> dict[str, Layout]:
    """All layouts by name."""
    return {
        name: Layout(
            columns=module.COLUMNS,
            needs=module.NEEDS,
            values=module.values,
            order=module.ORDER,
            frames=module.FRAMES,
            time=getattr(module, "TIME", "hmjd"),
            lenient=getattr(module, "LENIENT", False),
        )
        for name, module in modules(__name__).items()
    }
