"""Compute the features of a chunk and write them, in one transaction."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass

import numpy as np
from psycopg import Connection, sql

from ztfvo.db import connect
from ztfvo.extraction.plan import Chunk
from ztfvo.features.build import build
from ztfvo.features.columns import NAMES
from ztfvo.features.extract import Arrays, extract
from ztfvo.features.model import MIN_EPOCHS
from ztfvo.features.sets import sets
from ztfvo.settings import Settings
from ztfvo.store import copybinary as cb
from ztfvo.store.schemas import use_schema
from ztfvo.store.unpack import Epochs, read_range

CURRENT = "current"
"""The set that the tables have."""

_local = threading.local()


@dataclass(frozen=True)
class Done:
    """What came of a chunk."""

    chunk: Chunk
    curves: int
    """Light curves with features."""
    computed: int
    """Those of them that were new or had changed."""


def work(settings: Settings, release: str, chunk: Chunk) -> Done:
    """Compute a chunk on this process's own connection; what processes and clusters call."""
    if getattr(_local, "settings", None) != settings or _local.connection.closed:
        _local.connection, _local.settings = connect(settings, autocommit=True), settings
    return compute(_local.connection, release, chunk)


def compute(connection: Connection, release: str, chunk: Chunk) -> Done:
    """Compute a chunk, unless that is done.

    Parameters
    ----------
    connection
        Commits by itself.
    release
        Its name.
    """
    with connection.transaction():
        use_schema(connection, release)
        # Who was killed while the database wrote may still be at it.
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (chunk.last,))
        known = dict(
            connection.execute(
                "SELECT oid, digest FROM feature WHERE oid > %s AND oid <= %s",
                (chunk.first, chunk.last),
            ).fetchall()
        )
        batch = read_range(connection, chunk.first, chunk.last, MIN_EPOCHS)
        curves = good_curves(batch)
        digests = [digest(curve) for curve in curves]
        oids = batch.oid.tolist()
        new = [i for i, oid in enumerate(oids) if known.get(oid) != digests[i]]
        outdated = list(known.keys() - set(oids)) + [oids[i] for i in new if oids[i] in known]
        if outdated:
            connection.execute("DELETE FROM feature WHERE oid = ANY(%s)", (outdated,))
            connection.execute("DELETE FROM feature_place WHERE oid = ANY(%s)", (outdated,))
        if new:
            values = extract(sets()[CURRENT], [curves[i] for i in new])
            _write(connection, batch.oid[new], np.array([digests[i] for i in new]), values)
        connection.execute(
            "UPDATE feature_quadrant SET done = done || %s::bigint WHERE quadrant = %s",
            (chunk.last, chunk.quadrant),
        )
    return Done(chunk, len(curves), len(new))


def good_curves(batch: Epochs) -> list[Arrays]:
    """Return the good epochs of light curves: catflags = 0 and magerr > 0."""
    if not len(batch):
        return []
    good = (batch.catflags == 0) & (batch.magerr > 0)
    running = np.concatenate(([0], np.cumsum(good)))
    cuts = running[batch.offsets[1:-1]]
    columns = (batch.hmjd, batch.mag.astype(float), batch.magerr.astype(float))
    return list(zip(*(np.split(column[good], cuts) for column in columns), strict=True))


def digest(curve: Arrays) -> int:
    """Return a number (64 bits) that changes with the epochs or with the set of features."""
    made = hashlib.blake2b(build(sets()[CURRENT]).edition.encode(), digest_size=8)
    for column in curve:
        made.update(column.tobytes())
    return int.from_bytes(made.digest(), "big", signed=True)


def _write(
    connection: Connection, oid: np.ndarray, digests: np.ndarray, values: np.ndarray
) -> None:
    order = [one.name for one in build(sets()[CURRENT]).features]
    columns = [cb.scalars(oid, digests)]
    for name in NAMES:
        value = values[:, order.index(name)].astype(np.float32)
        columns.append(cb.nullable_scalar(value, ~np.isfinite(value)))
    names = sql.SQL(", ").join(map(sql.Identifier, ("oid", "digest", *NAMES)))
    statement = sql.SQL("COPY feature ({}) FROM STDIN (FORMAT binary)").format(names)
    with connection.cursor().copy(statement) as copy:
        cb.send(copy, cb.rows(columns, len(NAMES) + 2))
