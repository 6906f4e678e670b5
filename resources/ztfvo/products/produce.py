"""From a checked request to the light curves it asks for."""

from __future__ import annotations

from ztfvo.db import reading
from ztfvo.errors import HTTPError
from ztfvo.products import select
from ztfvo.products.derive import derive
from ztfvo.products.model import Product, Request

MAX_ROWS = 500_000
"""Epochs in one answer, times cycles."""


def produce(request: Request) -> Product:
    """Select and derive the light curves that a request asks for.

    Raises
    ------
    HTTPError
        404 where there is no such release or light curve, 400 where the answer would be too long.
    DatabaseDown
        When the database does not answer, or takes too long.
    """
    with reading() as connection:
        product = select.select(connection, request)
    rows = sum(map(len, product.curves)) * request.cycles
    if rows > MAX_ROWS:
        raise HTTPError(
            400,
            f"{rows} rows are asked for, {MAX_ROWS} are the limit: ask for fewer light curves or"
            " CYCLES, or query the table detections by TAP.",
        )
    return derive(product)
