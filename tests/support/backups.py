"""Backups of the knowledge database under test, and what is in a database."""

from __future__ import annotations

import os
import subprocess

import psycopg

from support import kdb
from support.files import ROOT
from support.here import run_here
from support.kdb import KEY, NAME
from ztfvo.backup.__main__ import app

NOT_KEPT = {"django_session"}
SCHEMAS = "('public', 'kdb_public')"
STRUCTURE = {
    "columns": f"""SELECT table_schema, table_name, column_name, data_type,
            is_nullable, column_default, is_identity
        FROM information_schema.columns WHERE table_schema IN {SCHEMAS} ORDER BY 1, 2, 3""",
    "triggers": """SELECT tgrelid::regclass::text, pg_get_triggerdef(oid), tgenabled FROM pg_trigger
        WHERE NOT tgisinternal ORDER BY 1, 2""",
    "functions": f"""SELECT p.oid::regprocedure::text, prosrc FROM pg_proc p
            JOIN pg_namespace n ON n.oid = pronamespace
        WHERE nspname IN {SCHEMAS} AND prolang <> 13 ORDER BY 1""",
    # Casts of constants are written in another way after they were read again.
    "constraints": f"""SELECT conrelid::regclass::text, conname, convalidated,
            regexp_replace(
                pg_get_constraintdef(c.oid), '::(character varying|text)|[][()]', '', 'g')
        FROM pg_constraint c JOIN pg_namespace n ON n.oid = connamespace
        WHERE nspname IN {SCHEMAS} ORDER BY 1, 2""",
    "indexes": f"SELECT indexdef FROM pg_indexes WHERE schemaname IN {SCHEMAS} ORDER BY 1",
    "views": "SELECT viewname, definition FROM pg_views WHERE schemaname = 'kdb_public' ORDER BY 1",
    "rights": f"""SELECT c.oid::regclass::text, relacl::text, relowner::regrole::text,
            reloptions::text
        FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
        WHERE nspname IN {SCHEMAS} AND relkind IN ('r', 'v') ORDER BY 1""",
    "extensions": "SELECT extname, extversion FROM pg_extension ORDER BY 1",
}


def backup(*words, name=NAME, **variables):
    """Do what ``scripts/backup`` does on a database, in this process: Python starts slowly."""
    return run_here(app, *words, environment=_environment(name, variables))


def by_script(*words, name=NAME, **variables):
    """Run ``scripts/backup`` on a database."""
    return subprocess.run(
        [ROOT / "scripts" / "backup", *map(str, words)],
        capture_output=True,
        text=True,
        env=_environment(name, variables),
        check=False,
    )


def _environment(name, variables):
    bare = {key: value for key, value in os.environ.items() if not key.startswith("KDB_")}
    return bare | kdb.environment(name, KEY) | {key: str(v) for key, v in variables.items()}


def succeeded(outcome):
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return outcome.stdout


def failed(outcome):
    assert outcome.returncode == 1, outcome.stdout + outcome.stderr
    assert "Traceback" not in outcome.stderr
    return " ".join(outcome.stderr.split())


def tables(name):
    with psycopg.connect(kdb.dsn(name, "postgres")) as superuser:
        found = superuser.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND"
                                  " relnamespace = 'public'::regnamespace").fetchall()  # fmt: skip
        names = [name for (name,) in found if name not in NOT_KEPT and not name.startswith("axes")]
        return {
            name: superuser.execute(f'SELECT t::text FROM "{name}" t ORDER BY 1').fetchall()
            for name in sorted(names)
        }


def structure(name):
    with psycopg.connect(kdb.dsn(name, "postgres")) as superuser:
        return {part: superuser.execute(query).fetchall() for part, query in STRUCTURE.items()}


def rows(name, query, user="kdb"):
    with psycopg.connect(kdb.dsn(name, user)) as known:
        return known.execute(query).fetchall()
