"""What the TAP service is asked, and how its failures are taken."""

from __future__ import annotations

import csv
import io
import logging

import httpx
from django.core.cache import cache

from kdb.config.options import Options, get_options

MOST_ROWS = 20_000
"""Rows of an answer that are read at most: a batch in a crowded field has some hundred."""

PAUSE = 60
"""Seconds for which a TAP service that failed is not asked again."""

_PAUSED = "tap-unavailable"

log = logging.getLogger("kdb")


class Unavailable(RuntimeError):
    """The TAP service does not answer as it should; the message says why."""


class Refused(Unavailable):
    """The TAP service answers, but not this query."""


def pausing() -> str | None:
    """Return why the TAP service is not asked now; None where it may be."""
    return cache.get(_PAUSED)


def pause(error: Exception, options: Options) -> str:
    """Note that the TAP service failed, and return a sentence on it."""
    log.warning("The TAP service %s failed: %r", options.tap_url, error)
    reason = str(error) if isinstance(error, Unavailable) else type(error).__name__
    sentence = f"The service that knows the stars' positions does not answer ({reason})."
    cache.set(_PAUSED, sentence, PAUSE)
    return sentence


def client(options: Options) -> httpx.Client:
    """Return a client that asks the address that was set, and none that it is sent to."""
    return httpx.Client(timeout=options.tap_seconds, follow_redirects=False)


def ask(asking: httpx.Client, adql: str, *columns: str) -> list[tuple[int, ...]]:
    """Return the rows of a query for whole numbers.

    Parameters
    ----------
    columns
        Of the query, in its order.

    Raises
    ------
    Refused
        When the query is answered with a failure.
    Unavailable
        When the answer is not the table asked for.
    """
    form = {
        "REQUEST": "doQuery",
        "LANG": "ADQL",
        "QUERY": adql,
        "RESPONSEFORMAT": "csv",
        "MAXREC": str(MOST_ROWS),
    }
    answer = asking.post(f"{get_options().tap_url}/sync", data=form)
    if answer.status_code != 200:
        raise Refused(f"status {answer.status_code}")
    try:
        table = csv.DictReader(io.StringIO(answer.text))
        rows = [tuple(int(row[column]) for column in columns) for row in table]
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise Unavailable("an answer that is not the table asked for") from error
    if not answer.text.startswith(",".join(columns)):
        raise Unavailable("an answer that is not the table asked for")
    return rows
