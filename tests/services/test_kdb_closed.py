"""Nothing private of the knowledge database comes through TAP or the foreign tables."""

from __future__ import annotations

import psycopg
import pytest
from support import kdb as known
from support.experts import person
from test_kdb_site import new_oid

from ztfvo.settings import get_settings
from ztfvo.site.knowledge import READER, password, reader_dsn

PRIVATE = ("kdb_user", "kdb_token", "annotation", "annotation_tag", "django_session", "tag_event")
SECRET = "closed remark that nobody outside may read"


@pytest.fixture(scope="module")
def closed_oid(site):
    """An OID with a record that is not public."""
    oid = new_oid()
    person(site).annotate(oid, "SLSN", description=SECRET, public=False)
    return oid


def connect(role: str, database: str = "ztfvo") -> psycopg.Connection:
    dsn = known.dsn(database, role)
    if role == READER:
        dsn = reader_dsn(get_settings())
    return psycopg.connect(dsn, autocommit=True)


def refused(connection: psycopg.Connection, statement: str) -> str:
    """The sentence with which the database refuses a statement for want of rights."""
    with pytest.raises(psycopg.errors.InsufficientPrivilege) as shown:
        connection.execute(statement)
    return str(shown.value)


def test_what_is_not_public_is_in_no_table(closed_oid, tap):
    for table in ("objects", "history"):
        assert len(tap.search(f"SELECT oid FROM kdb.{table} WHERE oid = {closed_oid}")) == 0
        query = f"SELECT oid FROM kdb.{table} WHERE description LIKE '%{SECRET[:12]}%'"
        assert len(tap.search(query)) == 0


def test_columns_hold_public_names_only(site, tap):
    someone = person(site).http.get("whoami/").json()
    for table in ("objects", "history", "tags"):
        for row in tap.search(f"SELECT * FROM kdb.{table}"):
            assert someone["login"] not in map(str, row.values())
            assert "@" not in str(row.get("author", ""))


@pytest.mark.parametrize(
    "table",
    ["kdb_remote.objects", "kdb_public.objects", "kdb.positions", "kdb.kdb_user", "kdb_user",
     "public.kdb_user", "kdb_remote.kdb_user", "kdb.annotation", "pg_user_mapping",
     "pg_catalog.pg_user_mappings", "pg_catalog.pg_foreign_server"],
)  # fmt: skip
def test_tap_reads_no_other_table(query, table):
    answer = query(f"SELECT * FROM {table}")
    assert (answer.status_code, 'value="ERROR"' in answer.text) == (400, True)
    assert "password" not in answer.text


@pytest.mark.parametrize("role", ["untrusted", "gavo"])
def test_the_roles_of_queries_read_the_views_and_nothing_behind_them(site, role):
    with connect(role) as connection:
        assert connection.execute("SELECT count(*) FROM kdb.tags").fetchone()[0] >= 56
        for table in ("objects", "history", "tags"):
            refused(connection, f"SELECT * FROM kdb_remote.{table}")
        for statement in (
            "CREATE FOREIGN TABLE kdb.t (login text) SERVER kdb"
            " OPTIONS (schema_name 'public', table_name 'kdb_user')",
            "CREATE USER MAPPING FOR CURRENT_USER SERVER kdb OPTIONS (user 'kdb')",
            "ALTER SERVER kdb OPTIONS (SET dbname 'ztfvo')",
            "ALTER USER MAPPING FOR gavoadmin SERVER kdb OPTIONS (SET user 'kdb')",
            "UPDATE kdb.objects SET tags = ''",
            "DELETE FROM kdb.history",
            "INSERT INTO kdb.tags (name) VALUES ('x')",
        ):
            refused(connection, statement)
        options = connection.execute("SELECT umoptions FROM pg_user_mappings").fetchall()
        assert options
        assert all(row == (None,) for row in options)


@pytest.mark.parametrize("role", ["untrusted", "gavo", "gavoadmin", "ztfvo"])
def test_no_other_role_of_the_site_gets_into_the_database(site, role):
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        connect(role, "kdb")


@pytest.mark.parametrize("table", PRIVATE)
def test_not_even_a_superusers_foreign_table_reads_a_private_table(site, table):
    with connect("postgres") as connection:
        connection.autocommit = False
        connection.execute(
            "CREATE USER MAPPING FOR postgres SERVER kdb"
            f" OPTIONS (user '{READER}', password '{password(get_settings(), READER)}')"
        )
        connection.execute(
            f"CREATE FOREIGN TABLE pg_temp.t (id bigint) SERVER kdb"
            f" OPTIONS (schema_name 'public', table_name '{table}')"
        )
        assert "permission denied for schema public" in refused(
            connection, "SELECT count(*) FROM pg_temp.t"
        )
        connection.rollback()


def test_the_reading_role_reads_three_views_and_does_nothing_else(site):
    with connect("kdb_public", "kdb") as connection:
        readable = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'v', 'm', 'f', 'p')"
            " AND relnamespace NOT IN ('pg_catalog'::regnamespace,"
            " 'information_schema'::regnamespace, 'pg_toast'::regnamespace)"
            " AND has_table_privilege(oid, 'SELECT')"
            " AND has_schema_privilege(relnamespace, 'USAGE') ORDER BY 1"
        ).fetchall()
        assert readable == [("history",), ("objects",), ("tags",)]
        for statement in (
            *(f"SELECT * FROM public.{table}" for table in PRIVATE),
            "CREATE TABLE public.t (i int)",
            "CREATE TABLE kdb_public.t (i int)",
            "CREATE TEMPORARY TABLE t (i int)",
            "CREATE SCHEMA s",
            "SET ROLE kdb",
            "DELETE FROM public.annotation",
            "SELECT pg_read_file('/etc/passwd')",
            "COPY kdb_public.tags TO '/tmp/kdb-tags'",
        ):
            refused(connection, statement)


def test_no_secret_is_readable_by_others(site):
    var = get_settings().var
    for path in (var / "secrets").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path
    assert (var / "kdb" / "environment").stat().st_mode & 0o007 == 0
    assert (var / "secrets").stat().st_mode & 0o066 == 0
