"""Load a catalog's files into a table beside the one in use, check it, and have it take its place.

Whatever fails before the last transaction leaves what is in use as it was.
"""

from __future__ import annotations

import fnmatch
import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
from psycopg import Connection, sql

from ztfvo.catalogs import readers, store
from ztfvo.catalogs.declaration import Catalog, Layout
from ztfvo.catalogs.readers import PACKED
from ztfvo.catalogs.values import convert
from ztfvo.db import alone
from ztfvo.errors import BadFile, CannotBeDone
from ztfvo.files import digests, unreadable
from ztfvo.store.names import CATALOGS

COVERAGE_ORDER = 6
"""HEALPix order of the coverage: cells of 0.9 degrees."""

REASONS = 20
"""Bad rows that are named; all are counted."""

FEWER = 0.98
"""Share of the rows that are declared, or in use, that a whole catalog has to have."""

Say = Callable[[str], None]
Alter = Callable[[Callable[[], None]], None]


@dataclass
class Report:
    """What came of reading the files of a catalog."""

    read: int = 0
    """Rows of the files, bad ones and those without position included."""
    stored: int = 0
    bad: int = 0
    without_position: int = 0
    merged: int = 0
    """Rows that a newer one with the same key has taken the place of."""
    reasons: list[tuple[str, int, str]] = field(default_factory=list)
    """File, row and reason of the first bad rows."""
    cells: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Options:
    """How a load is meant."""

    simulated: bool = False
    """The rows are made by this project."""
    part: bool = False
    """The files are a part of the catalog: their number of rows is not compared."""


def load(
    connection: Connection,
    catalog: Catalog,
    files: Sequence[Path],
    known: Sequence[Catalog],
    options: Options,
    say: Say,
    alter: Alter,
) -> store.Loaded:
    """Load files of a catalog in the place of what is in use.

    Parameters
    ----------
    connection
        Not in a transaction; that of the stores' owner.
    catalog
        The catalog.
    files
        Its file; or the whole and what has changed since, of which the newest row of a key stays.
    known
        All declared catalogs.
    options
        How it is meant.
    say
        Called with sentences for the operator, as it goes on.
    alter
        Makes a change in a transaction that waits for nobody's query.

    Returns
    -------
    store.Loaded
        What is in use now.

    Raises
    ------
    BadFile
        If a file cannot be read, has too many bad rows, or too few rows.
    CannotBeDone
        If the catalog is being loaded by another command, or simulated rows would take the place of
        observed ones.
    """
    for path in files:
        if fault := unreadable(path):
            raise BadFile(path, None, fault)
        layout_of(catalog, path)  # refuses files of other names before anything is made
    alter(lambda: store.create(connection))
    busy = f"Another command is loading {catalog.name}: wait until it has ended."
    with alone(connection, "catalog", catalog.name, busy):
        former = store.loaded(connection).get(catalog.name)
        if former and options.simulated and not former.simulated:
            raise CannotBeDone(
                f"{catalog.name} holds observed rows, which simulated ones must not replace. First:"
                f" ztfvo catalog drop {catalog.name}"
            )
        with connection.transaction():
            table = store.make_table(connection, catalog)
            report = _fill(connection, catalog, files, table, say)
            _name_bad(report, say)
            _check(catalog, files, report, former, options)
            store.index(connection, catalog, table)
        new = _loaded(catalog, files, table, report, options)
        alter(lambda: store.show(connection, catalog, new, known))
    return new


def _loaded(
    catalog: Catalog, files: Sequence[Path], table: str, report: Report, options: Options
) -> store.Loaded:
    """What is to be known of rows that were loaded."""
    return store.Loaded(
        name=catalog.name,
        table_name=table,
        shape=store.shape(catalog),
        file=", ".join(path.name for path in files),
        bytes=sum(path.stat().st_size for path in files),
        sha256=checksum(files),
        layout=layout_of(catalog, files[0])[0],
        nrows=report.stored,
        nbad=report.bad,
        nwithout_position=report.without_position,
        as_of=_as_of(catalog, files),
        simulated=options.simulated,
        part=options.part,
        footprint=footprint(report.cells),
        loaded_at=datetime.now(UTC),
    )


def layout_of(catalog: Catalog, path: Path) -> tuple[str, Layout]:
    """Return name and declaration of the layout of a file, by the file's name.

    Raises
    ------
    BadFile
        If no layout of the catalog has such names.
    """
    name = path.name.lower()
    for ending in PACKED:
        name = name.removesuffix(ending)
    for layout_name, layout in catalog.layouts.items():
        if fnmatch.fnmatchcase(name, layout.files.lower()):
            return layout_name, layout
    patterns = ", ".join(layout.files for layout in catalog.layouts.values())
    raise BadFile(
        path,
        None,
        f"is not called like a file of {catalog.name}",
        remedy=f"Such are called {patterns}, with .gz or .zip behind it where packed.",
    )


def footprint(cells: set[int]) -> str:
    """Return coverage as an ASCII MOC (MOC 2.0, section 4.3.2) of cells of `COVERAGE_ORDER`."""
    from mocpy import MOC  # takes a second to import and only this needs it

    numbers = np.array(sorted(cells), np.uint64)
    orders = np.full(len(numbers), COVERAGE_ORDER, np.uint8)
    moc = MOC.from_healpix_cells(numbers, orders, COVERAGE_ORDER)
    return " ".join(moc.to_string("ascii").split())


def checksum(files: Sequence[Path]) -> str:
    """Return SHA-256 of a file; of several, of their checksums."""
    sums = [digests(path, "sha256")[0] for path in files]
    return sums[0] if len(sums) == 1 else hashlib.sha256("".join(sums).encode()).hexdigest()


def _fill(
    connection: Connection, catalog: Catalog, files: Sequence[Path], table: str, say: Say
) -> Report:
    """Read files into the new table, of which the newest row of a key stays where that is
    declared."""
    report = Report()
    for path in files:
        _, layout = layout_of(catalog, path)
        _copy(connection, catalog, path, layout, table, report)
    if catalog.key:
        _merge(connection, catalog, table, report, files)
    say(f"{report.read:,} rows read")
    return report


def _copy(
    connection: Connection,
    catalog: Catalog,
    path: Path,
    layout: Layout,
    table: str,
    report: Report,
) -> None:
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in catalog.columns)
    target = sql.Identifier(CATALOGS, table)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(target, names)
    with connection.cursor().copy(statement) as copy:
        for block in readers.read(path, layout):
            found = convert(block, catalog, layout)
            report.read += len(block.row)
            report.stored += len(found.table)
            report.bad += len(found.bad)
            report.without_position += found.without_position
            room = REASONS - len(report.reasons)
            report.reasons += [(path.name, row, reason) for row, reason in found.bad[:room]]
            if len(found.table):
                copy.write(_lines(found.table))
                report.cells |= _cells(found.table)


def _lines(table: pa.Table) -> bytes:
    """Rows as COPY reads them: nulls are nothing, texts have quotes."""
    file = io.BytesIO()
    options = pyarrow.csv.WriteOptions(include_header=False)
    pyarrow.csv.write_csv(table, file, options)
    return file.getvalue()


def _cells(table: pa.Table) -> set[int]:
    from astropy_healpix.healpy import ang2pix  # takes half a second to import

    ra, dec = (table[name].to_numpy() for name in ("ra", "dec"))
    return set(np.unique(ang2pix(2**COVERAGE_ORDER, ra, dec, nest=True, lonlat=True)).tolist())


def _merge(
    connection: Connection, catalog: Catalog, table: str, report: Report, files: Sequence[Path]
) -> None:
    """Keep the newest row of each key; without a declared order a key must not come twice."""
    names = {"table": sql.Identifier(CATALOGS, table), "key": sql.Identifier(catalog.key)}
    if not catalog.newest:
        twice = connection.execute(
            sql.SQL(
                "SELECT {key}::text, count(*) FROM {table} WHERE {key} IS NOT NULL"
                " GROUP BY 1 HAVING count(*) > 1 ORDER BY 2 DESC, 1 LIMIT 1"
            ).format(**names)
        ).fetchone()
        if twice:
            raise BadFile(
                files[0], None, f"{catalog.key} = {twice[0]} comes {twice[1]} times, and must once"
            )
        return
    deleted = connection.execute(
        sql.SQL(
            "DELETE FROM {table} WHERE ctid IN (SELECT place FROM (SELECT ctid AS place,"
            " row_number() OVER (PARTITION BY {key} ORDER BY {newest} DESC NULLS LAST, ctid DESC)"
            " AS number FROM {table}) AS numbered WHERE number > 1)"
        ).format(newest=sql.Identifier(catalog.newest), **names)
    )
    report.merged = deleted.rowcount
    report.stored -= deleted.rowcount


def _name_bad(report: Report, say: Say) -> None:
    for file, row, reason in report.reasons:
        say(f"bad: {file}, row {row}: {reason}")
    if report.bad > len(report.reasons):
        say(f"bad: {report.bad - len(report.reasons):,} further rows")


def _check(
    catalog: Catalog,
    files: Sequence[Path],
    report: Report,
    former: store.Loaded | None,
    options: Options,
) -> None:
    """Refuse what has too many bad rows, or too few rows."""
    share = report.bad / report.read if report.read else 0
    if share > catalog.bad_share:
        file, row, reason = report.reasons[0]
        raise BadFile(
            files[0],
            None,
            f"{report.bad:,} of {report.read:,} rows are bad, more than the {catalog.bad_share:.2%}"
            f" that bad_share allows; the first is row {row} of {file}: {reason}",
        )
    if not report.stored:
        raise BadFile(files[0], None, "has no row with a position")
    if options.part or options.simulated:
        return
    expected = {"declared": catalog.rows}
    if former and not (former.part or former.simulated):
        expected["in use"] = former.nrows
    for what, number in expected.items():
        if report.stored < FEWER * number:
            raise BadFile(
                files[0],
                None,
                f"gives {report.stored:,} rows, and {number:,} are {what}",
                remedy="If it is a part of the catalog, say --part.",
            )


def _as_of(catalog: Catalog, files: Sequence[Path]) -> datetime | None:
    """When the newest of the files was made, where they say so."""
    found = [readers.timestamp(path, layout_of(catalog, path)[1]) for path in files]
    return max((time for time in found if time), default=None)
