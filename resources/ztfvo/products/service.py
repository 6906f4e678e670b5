"""The light-curve service: from a request to a document."""

from __future__ import annotations

import hashlib

from ztfvo.db import DatabaseDown, reading
from ztfvo.products import request, select
from ztfvo.products.derive import derive
from ztfvo.products.model import Product
from ztfvo.products.writers import Writer
from ztfvo.store.names import DEFAULT
from ztfvo.web import Answer, Question, Refused, refusal

NAMED_RELEASE = "public, max-age=86400"
"""Data of a release do not change."""
DEFAULT_RELEASE = "public, max-age=300"
"""Another release may become the default."""

MAX_ROWS = 500_000
"""Epochs in one answer, times cycles."""


def answer(question: Question) -> Answer:
    """Answer a request below ``/lc``."""
    votable = True
    try:
        writer = request.wanted(question)
        votable = request.DEFAULT_FORMAT in writer.names
        product = produce(question, writer)
    except Refused as refused:
        return refusal(refused.status, refused.message, votable)
    except DatabaseDown as down:
        return refusal(503, str(down), votable)
    body = writer.write(product)
    return Answer(body, writer.content_type, headers=_headers(product, writer, body))


def produce(question: Question, writer: Writer) -> Product:
    """The light curves that a request asks for.

    Raises
    ------
    Refused
        When the request is malformed, or names what there is not.
    """
    asked = request.read(question, writer)
    with reading() as connection:
        product = select.select(connection, asked)
    rows = sum(map(len, product.curves)) * asked.cycles
    if rows > MAX_ROWS:
        raise Refused(
            400,
            f"{rows} rows are asked for, {MAX_ROWS} are the limit: ask for fewer light curves or"
            " CYCLES, or query the table detections by TAP.",
        )
    return derive(product)


def _headers(product: Product, writer: Writer, body: bytes) -> dict[str, str]:
    default = product.request.release == DEFAULT
    first, *others = product.request.oids
    several = f"_and_{len(others)}_more" if others else ""
    name = f"ztf_{product.release}_{first}{several}.{writer.extension}"
    return {
        "Cache-Control": DEFAULT_RELEASE if default else NAMED_RELEASE,
        "ETag": f'"{hashlib.sha256(body).hexdigest()[:24]}"',
        "Content-Disposition": f"{'attachment' if writer.attachment else 'inline'};"
        f' filename="{name}"',
    }
