"""Tables of the hosted catalogs, in the schema ``catalogs_store``.

``catalogs_store.NAME`` is a view on the table that holds a catalog's rows now.  A load fills a
table beside it, and one transaction has the view show that one; what is published are views on
these.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection, sql
from psycopg.rows import class_row

from ztfvo.catalogs.declaration import STANDARD, Catalog, Column
from ztfvo.store.names import CATALOGS
from ztfvo.store.tables import INDEXES

POSITION_INDEX = INDEXES["object_position"]
"""Positions are indexed as those of objects are."""

VARIABLES = "variables"
"""View of all variable stars of the catalogs that are loaded."""

_CREATE = f"""
CREATE SCHEMA IF NOT EXISTS {CATALOGS};
CREATE TABLE IF NOT EXISTS {CATALOGS}.catalog (
  name text PRIMARY KEY,
  table_name text NOT NULL,
  shape text NOT NULL,
  file text NOT NULL,
  bytes bigint NOT NULL,
  sha256 text NOT NULL,
  layout text NOT NULL,
  nrows bigint NOT NULL,
  nbad bigint NOT NULL,
  nwithout_position bigint NOT NULL,
  as_of timestamptz,
  simulated boolean NOT NULL,
  part boolean NOT NULL,
  footprint text NOT NULL,
  loaded_at timestamptz NOT NULL DEFAULT now()
);
"""

VARIABLE_COLUMNS = (
    Column(
        name="name",
        type="unicode",
        ucd="meta.id;meta.main",
        head="Name",
        level=1,
        description="Name or number of the star in its catalog",
    ),
    STANDARD["type"].model_copy(
        update={"description": "Type, in the words of its catalog", "level": 1}
    ),
    STANDARD["period"].model_copy(update={"description": "Period", "level": 1}),
    Column(
        name="ra",
        type="double precision",
        unit="deg",
        ucd="pos.eq.ra;meta.main",
        head="RA",
        level=1,
        digits=5,
        required=True,
        description="Right ascension, ICRS",
    ),
    Column(
        name="dec",
        type="double precision",
        unit="deg",
        ucd="pos.eq.dec;meta.main",
        head="Dec",
        level=1,
        digits=5,
        required=True,
        description="Declination, ICRS",
    ),
    Column(
        name="catalog_name",
        type="text",
        ucd="meta.dataset",
        head="Catalog",
        level=1,
        required=True,
        description="Catalog that has the star: the table of this name has all that it says",
    ),
)
"""Columns of the table of all variables."""


@dataclass(frozen=True)
class Loaded:
    """What is loaded of a catalog."""

    name: str
    table_name: str
    shape: str
    """Checksum of the published columns."""
    file: str
    """Name of the file, or of several with commas between them."""
    bytes: int
    sha256: str
    layout: str
    nrows: int
    nbad: int
    """Rows of the file that were left out as bad."""
    nwithout_position: int
    """Rows of the file that were left out since they have no position."""
    as_of: datetime | None
    """When the file was made, where it says so."""
    simulated: bool
    """Whether the rows are made by this project, and no survey's."""
    part: bool
    """Whether the file is a part of the catalog only."""
    footprint: str
    """Coverage as an ASCII MOC."""
    loaded_at: datetime


def create(connection: Connection) -> None:
    """Create the schema, where it is missing."""
    if not _exists(connection, f"{CATALOGS}.catalog"):
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('catalogs_store'))")
        connection.execute(_CREATE)


def loaded(connection: Connection) -> dict[str, Loaded]:
    """Return what is loaded, by names of catalogs."""
    if not _exists(connection, f"{CATALOGS}.catalog"):
        return {}
    names = ", ".join(Loaded.__dataclass_fields__)
    with connection.cursor(row_factory=class_row(Loaded)) as cursor:
        cursor.execute(f"SELECT {names} FROM {CATALOGS}.catalog ORDER BY name")
        return {one.name: one for one in cursor.fetchall()}


def shape(catalog: Catalog) -> str:
    """Return a checksum of the published columns: names, types, and what they are made of."""
    said = [(column.name, column.sql) for column in catalog.published]
    text = repr((said, catalog.yields, catalog.variables))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def make_table(connection: Connection, catalog: Catalog) -> str:
    """Create an empty table beside the one in use, and return its name.

    What an interrupted load has left is dropped.
    """
    used = loaded(connection).get(catalog.name)
    for name in _tables(connection, catalog.name):
        if used is None or name != used.table_name:
            connection.execute(sql.SQL("DROP TABLE {} CASCADE").format(_in_store(name)))
    number = 1 + int(used.table_name.rpartition("__")[2]) if used else 1
    name = f"{catalog.name}__{number}"
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(column.sql))
        for column in catalog.columns
    )
    connection.execute(sql.SQL("CREATE TABLE {} ({})").format(_in_store(name), columns))
    return name


def index(connection: Connection, catalog: Catalog, table: str) -> None:
    """Build the indexes of a filled table."""
    connection.execute(
        sql.SQL("CREATE INDEX ON {} {}").format(_in_store(table), sql.SQL(POSITION_INDEX))
    )
    for name in dict.fromkeys(filter(None, (catalog.key, *catalog.yields.name))):
        connection.execute(
            sql.SQL("CREATE INDEX ON {} ({})").format(_in_store(table), sql.Identifier(name))
        )
    index_names(connection, catalog, table)


def index_names(connection: Connection, catalog: Catalog, table: str) -> None:
    """Build the index of a table by which its rows are found by `written`, where it is missing."""
    name = f"{table}_written"
    if not _exists(connection, f"{CATALOGS}.{name}"):
        connection.execute(
            sql.SQL("CREATE INDEX {} ON {} (({}))").format(
                sql.Identifier(name), _in_store(table), written(catalog)
            )
        )
    connection.execute(sql.SQL("ANALYZE {}").format(_in_store(table)))


def written(catalog: Catalog) -> sql.Composable:
    """Return SQL of the name of a row as names are compared: in small letters, without blanks."""
    names = [
        sql.SQL("coalesce({}::text, '')").format(sql.Identifier(one)) for one in catalog.yields.name
    ]
    return sql.SQL("lower(replace({}, ' ', ''))").format(sql.SQL(" || ").join(names))


def name_of(catalog: Catalog) -> sql.Composable:
    """Return SQL of the name of a row, of one column or several joined by blanks; null without."""
    names = sql.SQL(", ").join(map(sql.Identifier, catalog.yields.name))
    return sql.SQL("nullif(concat_ws(' ', {}), '')").format(names)


def show(connection: Connection, catalog: Catalog, new: Loaded, known: Iterable[Catalog]) -> None:
    """Have a catalog's view, and that of all variables, show a new table, and drop the former one.

    Parameters
    ----------
    connection
        In a transaction.
    catalog, new
        The catalog, and what is to be known of it now.
    known
        All declared catalogs.
    """
    former = loaded(connection).get(catalog.name)
    view = _in_store(catalog.name)
    if former and former.shape != new.shape:
        connection.execute(sql.SQL("DROP VIEW IF EXISTS {} CASCADE").format(view))
    connection.execute(
        sql.SQL("CREATE OR REPLACE VIEW {} AS SELECT {} FROM {}").format(
            view, _published(catalog), _in_store(new.table_name)
        )
    )
    values = {name: getattr(new, name) for name in Loaded.__dataclass_fields__}
    names = ", ".join(values)
    connection.execute(
        f"INSERT INTO {CATALOGS}.catalog ({names}) VALUES ({', '.join(['%s'] * len(values))})"
        f" ON CONFLICT (name) DO UPDATE SET ({names}) ="
        f" ({', '.join(f'excluded.{name}' for name in values)})",
        list(values.values()),
    )
    show_variables(connection, known)
    if former:
        connection.execute(sql.SQL("DROP TABLE {}").format(_in_store(former.table_name)))


def hide(connection: Connection, name: str, known: Iterable[Catalog]) -> None:
    """Delete what is loaded of a catalog, in the caller's transaction."""
    connection.execute(f"DELETE FROM {CATALOGS}.catalog WHERE name = %s", (name,))
    show_variables(connection, known)
    connection.execute(sql.SQL("DROP VIEW IF EXISTS {} CASCADE").format(_in_store(name)))
    for table in _tables(connection, name):
        connection.execute(sql.SQL("DROP TABLE {}").format(_in_store(table)))


def show_variables(connection: Connection, known: Iterable[Catalog]) -> None:
    """Have the view of all variables show those of the catalogs that are loaded."""
    there = loaded(connection)
    parts = [
        sql.SQL("SELECT {}::text, {}, {}, ra, dec, {}::text FROM {}").format(
            name_of(one),
            _of(one, "type"),
            _of(one, "period"),
            sql.Literal(one.name),
            _in_store(there[one.name].table_name),
        )
        for one in known
        if one.variables and one.name in there
    ]
    nothing = sql.SQL(
        "SELECT NULL::text, NULL::text, NULL::float8, NULL::float8, NULL::float8, NULL::text"
        " WHERE false"
    )
    names = [one.name for one in VARIABLE_COLUMNS]
    if _columns(connection, VARIABLES) not in ([], names):
        connection.execute(sql.SQL("DROP VIEW {} CASCADE").format(_in_store(VARIABLES)))
    connection.execute(
        sql.SQL("CREATE OR REPLACE VIEW {} ({}) AS {}").format(
            _in_store(VARIABLES),
            sql.SQL(", ").join(map(sql.Identifier, names)),
            sql.SQL(" UNION ALL ").join(parts or [nothing]),
        )
    )


def _published(catalog: Catalog) -> sql.Composable:
    """What the view of a catalog selects: its own columns and those of one meaning."""
    own = [sql.Identifier(column.name) for column in catalog.columns]
    more = [
        sql.SQL("{} AS {}").format(_of(catalog, column.name), sql.Identifier(column.name))
        for column in catalog.standard.values()
    ]
    return sql.SQL(", ").join([*own, *more])


def _of(catalog: Catalog, what: str) -> sql.Composable:
    """SQL of a column of one meaning, as text or double precision; null where there is none."""
    name, kind = getattr(catalog.yields, what), sql.SQL(STANDARD[what].sql)
    if not name:
        return sql.SQL("NULL::{}").format(kind)
    column = sql.Identifier(name)
    if what != "type" or not catalog.yields.types:
        return sql.SQL("{}::{}").format(column, kind)
    words = sql.SQL(" ").join(
        sql.SQL("WHEN {} THEN {}").format(sql.Literal(code), sql.Literal(word))
        for code, word in catalog.yields.types.items()
    )
    return sql.SQL("CASE {0}::text {1} ELSE {0}::text END").format(column, words)


def _tables(connection: Connection, name: str) -> list[str]:
    """Names of the tables that hold rows of a catalog, or held them."""
    rows = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = %s AND tablename ~ %s",
        (CATALOGS, f"^{name}__[0-9]+$"),
    )
    return [row[0] for row in rows.fetchall()]


def _columns(connection: Connection, view: str) -> list[str]:
    """Names of the columns of a view; none where it does not exist."""
    rows = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0"
        " ORDER BY attnum",
        (f"{CATALOGS}.{view}",),
    )
    return [row[0] for row in rows.fetchall()]


def _in_store(name: str) -> sql.Identifier:
    return sql.Identifier(CATALOGS, name)


def _exists(connection: Connection, name: str) -> bool:
    return connection.execute("SELECT to_regclass(%s) IS NOT NULL", (name,)).fetchone()[0]
