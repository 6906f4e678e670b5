"""Draw the sky coverage of a service, which DaCHS leaves to healpy.

That is not installed here, and draws with pyplot, which is not made for servers.
"""

from __future__ import annotations

from typing import Any

from gavo.utils import pgsphere


def install() -> None:
    """Apply the repair, once in a process."""
    pgsphere.SMoc.getPlot = draw


def draw(self: Any, xsize: int = 400) -> bytes:
    """Return a PNG of a MOC, ``xsize`` pixels wide."""
    # Libraries for plots are loaded where someone wants one: that costs a second at each start.
    from ztfvo_dachs import skyplot

    return skyplot.draw(self.moc, xsize)
