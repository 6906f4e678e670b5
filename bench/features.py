"""Features of light curves of a loaded release: the pipeline, and the package by itself."""

from __future__ import annotations

from typing import Any

import light_curve as lc
import numpy as np
from psycopg import Connection

from bench.cputime import own_seconds, seconds_of
from bench.report import number, save, say, show
from ztfvo.db import connect
from ztfvo.extraction import plan
from ztfvo.extraction.compute import CURRENT, compute, good_curves
from ztfvo.features.build import build
from ztfvo.features.model import MIN_EPOCHS
from ztfvo.features.sets import sets
from ztfvo.releases import find_release
from ztfvo.settings import Settings
from ztfvo.store.schemas import use_schema
from ztfvo.store.unpack import read_range

AIM = 0.9
"""Share of the package's own rate that the pipeline keeps."""


class _Undo(Exception):
    """Ends a transaction without a trace."""


def features(settings: Settings, release: str, curves: int, turns: int) -> bool:
    """Measure, print the table and write the JSON file; returns whether the aim is met.

    The pipeline reads, decodes, computes and writes chunks in one process; nothing of it stays.
    The package is called for each of the same arrays in a plain loop, after each chunk.  Times are
    of processors, so that it does not matter who else uses the machine.

    Parameters
    ----------
    release
        Name of a loaded release.
    curves
        Light curves, at least.
    turns
        Times that each chunk is computed in either way; the quickest counts.
    """
    extractor = build(sets()[CURRENT]).magnitudes
    pipeline, plain, done, epochs = 0.0, 0.0, 0, 0
    with connect(settings, autocommit=True) as connection:
        name = find_release(connection, release).name
        for chunk in _chunks(connection, name):
            if done >= curves:
                break
            pipeline += min(_piped(connection, name, chunk) for _ in range(turns))
            with connection.transaction():
                use_schema(connection, name)
                arrays = good_curves(read_range(connection, chunk.first, chunk.last, MIN_EPOCHS))
            plain += min(_looped(extractor, arrays) for _ in range(turns))
            done += len(arrays)
            epochs += sum(len(each[0]) for each in arrays)
    if not done:
        say(f"{name} has no light curves with {MIN_EPOCHS} good epochs")
        return False
    share = plain / pipeline
    show(
        f"Features of {done} light curves of {name} with {epochs / done:.0f} good epochs each",
        ("one core", "light curves a second", "ms a light curve"),
        [
            (what, number(done / seconds), number(1e3 * seconds / done))
            for what, seconds in (
                ("read, decode, compute, write", pipeline),
                (f"light-curve {lc.__version__} in a plain loop", plain),
            )
        ],
    )
    say(f"The pipeline has {share:.3f} of the package's rate; the aim is {AIM}.")
    results: dict[str, Any] = {"pipeline_s": pipeline, "plain_s": plain, "share": share}
    facts = {"release": name, "curves": done, "epochs": epochs}
    save(settings.var / "bench" / "results", "features", results, **facts)
    return share >= AIM


def _chunks(connection: Connection, release: str) -> list[plan.Chunk]:
    """All chunks of a release, those of large quadrants first."""
    with connection.transaction():
        use_schema(connection, release)
        found = connection.execute(
            f"SELECT oid / {plan.SOURCES} FROM object WHERE ngoodobs >= %s"
            " GROUP BY 1 ORDER BY count(*) DESC",
            (MIN_EPOCHS,),
        ).fetchall()
        return [chunk for (quadrant,) in found for chunk in plan.cut(connection, quadrant)]


def _piped(connection: Connection, release: str, chunk: plan.Chunk) -> float:
    """Processor time (s) that the pipeline takes for a chunk of which nothing is known, of this
    process and of the database's."""
    backend, seconds = connection.info.backend_pid, 0.0
    try:
        with connection.transaction():
            use_schema(connection, release)
            connection.execute(
                "DELETE FROM feature WHERE oid > %s AND oid <= %s", (chunk.first, chunk.last)
            )
            began = own_seconds() + seconds_of([backend])
            compute(connection, release, chunk)
            seconds = own_seconds() + seconds_of([backend]) - began
            raise _Undo
    except _Undo:
        return seconds


def _looped(extractor: Any, arrays: list[Any]) -> float:
    """Processor time (s) of the package called for each light curve."""
    began = own_seconds()
    for each in arrays:
        extractor(*each, sorted=True, check=False, fill_value=np.nan)
    return own_seconds() - began
