"""Visitors that keep asking while something happens to the service."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import requests

from support import service

CONE = "/scs?RA=254.45755&DEC=35.34236&SR=0.001"
LIGHT_CURVE = f"/lc/{service.HZ_HER_OIDS[0]}.json"
TAP = "/tap/sync?LANG=ADQL&QUERY=SELECT+name+FROM+ztf.releases"
KDB = "/kdb/api/v1/tags/"
PATHS = (CONE, LIGHT_CURVE, TAP, KDB)

PAUSE = 0.15
"""Seconds between two requests: an interruption lasts longer."""
OFTEN = 0.05
"""Seconds between two requests of one of four visitors: no address may send many more."""


@contextmanager
def visiting(
    site: str, paths: tuple[str, ...] = PATHS, patience: float = 60, pause: float = PAUSE
) -> Iterator[list[tuple[str, object]]]:
    """Have one visitor for each path; yield the list of (path, status or failure).

    It is complete after the block.

    Parameters
    ----------
    patience
        Seconds that a visitor waits for an answer.
    pause
        Seconds between an answer and the next request.
    """
    answers: list[tuple[str, object]] = []
    stop = threading.Event()

    def visit(path: str) -> None:
        while not stop.is_set():
            try:
                answers.append((path, requests.get(site + path, timeout=patience).status_code))
            except requests.RequestException as error:
                answers.append((path, repr(error)))
            time.sleep(pause)

    threads = [threading.Thread(target=visit, args=(path,)) for path in paths]
    for one in threads:
        one.start()
    try:
        yield answers
    finally:
        stop.set()
        for one in threads:
            one.join()
