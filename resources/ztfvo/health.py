"""Whether the service can answer: for those who watch over it, cheap enough to be asked often."""

from __future__ import annotations

import json

import psycopg

from ztfvo.settings import get_settings
from ztfvo.web import Answer, Question

SECONDS = 2
"""Time that the database gets to answer."""


def database_fault() -> str | None:
    """What is wrong with the database, as a sentence; None when it answers."""
    try:
        with psycopg.connect(
            get_settings().pages_dsn, connect_timeout=SECONDS, autocommit=True
        ) as connection:
            connection.execute(f"SET statement_timeout = '{SECONDS}s'")
            found = connection.execute(
                "SELECT to_regclass('ztf_store.objects') IS NOT NULL"
            ).fetchone()
    except psycopg.Error:
        return "The database does not answer."
    return None if found == (True,) else "No release is loaded."


def answer(question: Question) -> Answer:
    """Answer ``/health``: 200 when light curves can be had, otherwise 503 with the reason."""
    fault = database_fault()
    document = {"healthy": fault is None, "database": fault or "answers"}
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": "30"} if fault else {})
    return Answer(
        json.dumps(document).encode() + b"\n", "application/json", 503 if fault else 200, headers
    )
