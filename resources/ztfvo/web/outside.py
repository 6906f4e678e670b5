"""How routes have light curves of services outside asked for, all at the same time."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from fastapi import Request, Response

from ztfvo.errors import HTTPError
from ztfvo.match.request import LONGEST_WAIT, SHORTEST_WAIT, WAIT
from ztfvo.outside.ask import Question, curve_around
from ztfvo.outside.model import Answer, Place, Source, State
from ztfvo.products import beside
from ztfvo.products.model import Product
from ztfvo.settings import get_settings
from ztfvo.web.desk import desk_of
from ztfvo.web.errors import RETRY_SECONDS, refuse
from ztfvo.web.openapi import query_parameter

WAITING = query_parameter(
    WAIT,
    "Seconds for all answers; what comes later is kept for who asks again",
    {
        "type": "number",
        "minimum": SHORTEST_WAIT,
        "maximum": LONGEST_WAIT,
        "default": LONGEST_WAIT,
    },
)
"""What OpenAPI shows of the parameter that `ztfvo.match.request.read_wait` reads."""
LONGEST_IDENTIFIER = 100
"""Letters."""


async def answers(
    request: Request, questions: Iterable[Question], wait: float | None
) -> dict[str, Answer]:
    """Return what came of questions within the site's limit of time, by source.

    Parameters
    ----------
    wait
        Seconds; the site's limit holds where it is larger, or None.
    """
    limit = get_settings().outside_seconds
    seconds = limit if wait is None else min(wait, limit)
    asked = desk_of(request).answers(list(questions), seconds)
    return {question.source.name: answer async for question, answer in asked}


def around(source: Source, place: tuple[float, float]) -> Question:
    """Return the question for the light curve nearest to a place, ICRS, deg."""
    return curve_around(source, Place(*map(float, place)), source.radius)


async def with_others(request: Request, product: Product) -> Product:
    """Return light curves with those of the sources that their request names, at their place."""
    chosen = [beside.curve_sources()[name] for name in product.request.beside]
    if not (chosen and product.place):
        return product
    questions = [around(source, product.place) for source in chosen]
    found = await answers(request, questions, product.request.wait)
    return replace(
        product,
        beside=tuple(
            beside.deliver(
                source,
                found[source.name],
                product.request,
                radius=source.radius,
                bounds=product.bounds,
            )
            for source in chosen
        ),
    )


def identifier(name: str, text: str | None) -> str | None:
    """Return a source's own identifier of an object, as a parameter has it.

    Raises
    ------
    HTTPError
        400 where it is too long, or not printable.
    """
    if text and (len(text) > LONGEST_IDENTIFIER or not text.isprintable()):
        raise HTTPError(
            400, f"{name} has to have at most {LONGEST_IDENTIFIER} letters, all of them printable."
        )
    return text


def file_name(source: Source, named: str, extension: str) -> str:
    """Return the name of a file with the light curve of an object of a source."""
    plain = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in named)
    return f"{source.name}_{plain}.{extension}"


def reason(source: Source, answer: Answer) -> tuple[int, str, dict[str, str]]:
    """Return status, sentence and headers of a source's answer that has nothing to deliver."""
    if answer.state == State.MALFORMED:
        return 502, f"The answer of {source.title} is not as it should be: {answer.reason}.", {}
    headers = {"Retry-After": str(retry_after(answer))}
    return 503, f"{source.title} is unavailable: {answer.reason}.", headers


def refused(request: Request, source: Source, answer: Answer) -> Response:
    """Say why a source gave nothing, in the form that the client asked for."""
    return refuse(request, *reason(source, answer))


def retry_after(answer: Answer) -> int:
    """Return the seconds after which a source may answer."""
    if not answer.again_at:
        return RETRY_SECONDS
    left = datetime.fromisoformat(answer.again_at) - datetime.now(UTC)
    return max(1, math.ceil(left.total_seconds()))
