"""Distances that rows of catalogues outside have, or that follow from their redshifts."""

from __future__ import annotations

from ztfvo.distance import Distance, of_parallax, of_redshift
from ztfvo.outside.model import Row, Source


def of_row(source: Source, row: Row) -> list[Distance]:
    """Return the distances of a row, in the columns that its source says have them.

    Parameters
    ----------
    row
        As answers have it; what is None, or no distance, is left out.
    """
    yields = source.yields
    pc, low, high, redshift = (
        row[name] if name else None
        for name in (yields.distance, yields.distance_low, yields.distance_high, yields.redshift)
    )
    found = (
        of_parallax(pc, low, high, source.title),
        None if redshift is None else of_redshift(redshift, source.title),
    )
    return [one for one in found if one]
