"""Load reference catalogues: each file whole, in place of its quadrant's former one."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from psycopg import Connection

from ztfvo.db import connect
from ztfvo.errors import BadFile
from ztfvo.references.reader import SOURCES_PER_QUADRANT, SUFFIX, Catalogue, quadrant_of, read
from ztfvo.settings import Settings
from ztfvo.store import copybinary as cb

_NULLABLE = ("mag", "magerr", "snr", "chi", "sharp")


@dataclass(frozen=True)
class Outcome:
    """What became of a file."""

    path: Path
    sources: int
    """Number of sources loaded; 0 where the file was refused."""
    refusal: str = ""
    """Why it was refused."""


def files(given: list[Path]) -> list[Path]:
    """The files given, and the reference catalogues in folders given and below.

    Raises
    ------
    BadFile
        If a path does not exist or a folder holds no reference catalogue.
    """
    found: list[Path] = []
    for path in given:
        if path.is_dir():
            inside = sorted(path.rglob(f"*{SUFFIX}"))
            if not inside:
                raise BadFile(path, None, f"no file *{SUFFIX} in this folder or below")
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise BadFile(path, None, "there is no such file")
    return found


def load(paths: list[Path], settings: Settings, workers: int) -> Iterator[Outcome]:
    """Load files, in several processes, and yield what became of each.

    A file of a quadrant that an earlier one of the list has too is refused.
    """
    first: dict[str, Path] = {}
    for path in paths:
        first.setdefault(path.name, path)
    todo = [path for path in paths if first[path.name] is path]
    for path in paths:
        if first[path.name] is not path:
            yield Outcome(path, 0, f"{path}: {first[path.name]} is of the same quadrant.")
    if workers == 1 or len(todo) < 2:
        yield from map(partial(load_file, settings=settings), todo)
        return
    with ProcessPoolExecutor(min(workers, len(todo))) as pool:
        yield from pool.map(partial(load_file, settings=settings), todo)


def load_file(path: Path, settings: Settings) -> Outcome:
    """Load one file in one transaction."""
    try:
        quadrant_of(path)
        catalogue = read(path)
    except BadFile as error:
        return Outcome(path, 0, str(error))
    with connect(settings) as connection:
        store(connection, catalogue)
    return Outcome(path, len(catalogue.oid))


def store(connection: Connection, catalogue: Catalogue) -> None:
    """Put a catalogue in the place of its quadrant's former one, in the caller's transaction."""
    first = catalogue.quadrant * SOURCES_PER_QUADRANT
    connection.execute(
        "SELECT pg_advisory_xact_lock(hashtext('reference'), %s)", (catalogue.quadrant,)
    )
    connection.execute(
        "DELETE FROM ztf_store.reference_source WHERE oid BETWEEN %s AND %s",
        (first, first + SOURCES_PER_QUADRANT - 1),
    )
    connection.execute(
        "INSERT INTO ztf_store.reference_quadrant (quadrant, file, magzp, magzprms, infobits,"
        " nsources) VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (quadrant) DO UPDATE SET"
        " (file, magzp, magzprms, infobits, nsources, loaded_at) = (excluded.file, excluded.magzp,"
        " excluded.magzprms, excluded.infobits, excluded.nsources, now())",
        (
            catalogue.quadrant,
            catalogue.path.name,
            catalogue.magzp,
            catalogue.magzprms,
            catalogue.infobits,
            len(catalogue.oid),
        ),
    )
    if len(catalogue.oid):
        with connection.cursor().copy(
            f"COPY ztf_store.reference_source (oid, ra, dec, {', '.join(_NULLABLE)}, flags)"
            " FROM STDIN (FORMAT binary)"
        ) as copy:
            cb.send(copy, cb.rows(_columns(catalogue), 4 + len(_NULLABLE)))


def _columns(catalogue: Catalogue) -> list:
    nullable = (getattr(catalogue, name) for name in _NULLABLE)
    return [
        cb.scalars(catalogue.oid, catalogue.ra, catalogue.dec),
        *(cb.nullable_scalar(column, ~np.isfinite(column)) for column in nullable),
        cb.scalars(catalogue.flags),
    ]
