"""From a checked request to the light curves it asks for."""

from __future__ import annotations

from ztfvo.db import reading
from ztfvo.errors import HTTPError
from ztfvo.products import dereddening, select, stars
from ztfvo.products.derive import derive
from ztfvo.products.model import Product, Request
from ztfvo.products.writers import Writer
from ztfvo.settings import get_settings

MAX_ROWS = 500_000
"""Epochs in one answer, times cycles."""


def fetch(request: Request) -> Product:
    """Select the light curves that a request asks for.

    Returns
    -------
    Product
        Its columns are still those of the release.

    Raises
    ------
    HTTPError
        404 where there is no such release or light curve, and no dust known at its place, 400 where
        the answer would be too long, 503 where a map of dust is not installed.
    DatabaseDown
        When the database does not answer, or takes too long.
    """
    with reading() as connection:
        product = select.select(connection, request)
    if request.deredden is not None:
        product = dereddening.find(product, get_settings())
    if rows(product) > MAX_ROWS:
        raise HTTPError(
            400,
            f"{rows(product)} rows are asked for, {MAX_ROWS} are the limit: ask for fewer light"
            " curves or CYCLES, or query the table detections by TAP.",
        )
    return product


def members(release: str, star: int | str) -> tuple[int, ...]:
    """Return the OIDs of a star, see `ztfvo.products.stars.members`.

    Raises
    ------
    HTTPError
        404 where there is no such release or star, 400 where several have the name.
    DatabaseDown
        When the database does not answer, or takes too long.
    """
    with reading() as connection:
        return stars.members(connection, release, star)


def rows(product: Product) -> int:
    """Epochs of a fetched product, times cycles."""
    others = sum(map(len, product.beside))
    return sum(map(len, product.curves)) * product.request.cycles + others


def write(product: Product, writer: Writer) -> bytes:
    """Derive what is asked for of the light curves that were fetched, and write it.

    Raises
    ------
    HTTPError
        400 where the writer takes less.
    """
    derived = derive(product)
    length = sum(map(len, (*derived.curves, *derived.beside)))
    if length > writer.longest:
        raise HTTPError(
            400,
            f"{length} points are asked for, and {writer.longest} can be drawn: ask for fewer light"
            " curves or CYCLES, for a TIME, or for bins (BIN).",
        )
    return writer.write(derived)
