"""How light curves are delivered: selected at once, and written when there is a turn for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial

from fastapi import Request, Response

from ztfvo.errors import HTTPError
from ztfvo.products import produce, request
from ztfvo.products.model import Product
from ztfvo.products.writers import Writer, votableform, writers
from ztfvo.store.names import DEFAULT
from ztfvo.web import fits, outside, turns
from ztfvo.web.errors import answer_as
from ztfvo.web.http import CHANGING, NAMED_RELEASE, Given, respond
from ztfvo.web.pages import lightcurve, small

UNLISTED = lightcurve.WRITER, small.WRITER, votableform.TABLEDATA
"""Forms that links and pages do not name."""


def asking(given: Given, path: Sequence[str]) -> request.Asked:
    """Return a request for light curves as it came.

    Parameters
    ----------
    path
        As `ztfvo.products.request.Asked` has it.
    """
    return request.Asked(path, given.parameters, given.body, given.content_type)


async def deliver(sent: Request, asked: request.Asked, name: str = "") -> Response:
    """Answer with light curves in the format asked for.

    Parameters
    ----------
    name
        Of a file to be saved, without extension; by default it says what it is, and browsers show
        what they can.
    """
    product, writer, body = await turns.work(sent, None, _fetch, sent, asked)
    if body is None:
        product = await outside.with_others(sent, product)
        if writer.figure:
            product = await fits.with_model(sent, product)
        body = await written(sent, product, partial(produce.write, writer=writer), writer.figure)
    kind = "attachment" if name or writer.attachment else "inline"
    file = f"{name or _name(product)}.{writer.extension}"
    headers = {
        # Models may be installed meanwhile.
        "Cache-Control": CHANGING if product.request.model else caching(product.request.release),
        "Content-Disposition": f'{kind}; filename="{file}"',
    }
    return respond(sent, body, writer.content_type, headers)


async def written(
    sent: Request, product: Product, write: Callable[[Product], bytes], figure: bool = False
) -> bytes:
    """Write light curves in a thread: at once where it is little, otherwise when it is their turn.

    Parameters
    ----------
    figure
        Whether it is drawn.

    Raises
    ------
    HTTPError
        429 or 503, when there are too many others.
    """
    is_large = _is_large(product, figure)
    threads = turns.figures() if figure else turns.large() if is_large else None
    line = turns.in_line(sent) if figure else nullcontext()
    with turns.one_of_few(sent) if is_large else nullcontext():
        async with line:
            return await turns.work(sent, threads, write, product)


def caching(release: str) -> str:
    """Return the Cache-Control of what is said of a release."""
    return CHANGING if release == DEFAULT else NAMED_RELEASE


def _is_large(product: Product, figure: bool) -> bool:
    return produce.rows(product) > (turns.LARGE_POINTS if figure else turns.LARGE_ROWS)


def _fetch(sent: Request, asked: request.Asked) -> tuple[Product, Writer, bytes | None]:
    """Select light curves, and write them too where nothing has to be waited for: another change of
    threads takes a tenth of the time of a small answer."""
    answer_as(sent, writers()[0].content_type)
    writer = request.wanted(asked, UNLISTED)
    answer_as(sent, writer.content_type)
    product = _fetched(request.read(asked, writer), writer)
    waits = writer.figure or product.request.beside or _is_large(product, writer.figure)
    return product, writer, None if waits else produce.write(product, writer)


def _fetched(wanted: request.Request, writer: Writer) -> Product:
    """Select light curves; a page without a map of dust says so, and is there all the same."""
    try:
        return produce.fetch(wanted)
    except HTTPError as error:
        if writer is not lightcurve.WRITER or wanted.deredden is None:
            raise
        product = produce.fetch(replace(wanted, deredden=None))
        return replace(product, warnings=(error.message,))


def _name(product: Product) -> str:
    """What a file is called."""
    circle = product.request.circle
    if circle:
        return f"ztf_{product.release}_{circle.ra:.5f}{circle.dec:+.5f}"
    first, *others = product.request.oids
    several = f"_and_{len(others)}_more" if others else ""
    return f"ztf_{product.release}_{first}{several}"
