"""Migrations run both ways, on data."""

from __future__ import annotations

import os

import psycopg
import pytest
from support import kdb
from support.kdb import KEY, MIGRATED

NAME = f"kdb_migrations_{os.getpid()}"
FILL = """
INSERT INTO kdb_user (login, public_name, email, role, is_active, password, created_at, changed_at)
    VALUES ('ana', 'Ana', '', 'expert', true, '!', now(), now());
INSERT INTO tag (name, description, "order", "group", retired)
    SELECT 'T' || i, '', i, '', false FROM generate_series(1, 5) AS i;
UPDATE tag SET merged_into_id = (SELECT id FROM tag WHERE name = 'T1'), retired = true
    WHERE name = 'T5';
INSERT INTO tag_event (tag_id, action, at, before, after)
    SELECT id, 'created', now(), '{}', '{}' FROM tag;
INSERT INTO annotation (id, oid, release, text, tag_count, author_id, author_name, public, deleted,
        previous_id, created_at)
    SELECT i, 633207400000000 + i % 40, 'dr5', 'text ' || i,
        CASE WHEN i % 9 = 0 THEN 0 ELSE 2 END,
        CASE WHEN i % 2 = 0 THEN (SELECT id FROM kdb_user) END,
        CASE i % 2 WHEN 0 THEN '' ELSE 'B' END,
        i % 5 > 0, i % 9 = 0, CASE WHEN i > 40 THEN i - 40 END,
        '2024-01-01Z'::timestamptz + i * '1 h'::interval
    FROM generate_series(1, 200) AS i;
INSERT INTO annotation_tag (annotation_id, tag_id)
    SELECT i, t.id FROM generate_series(1, 200) AS i
        JOIN tag t ON t.name IN ('T5', 'T' || 1 + i % 4)
    WHERE i % 9 > 0;
"""
TABLES = {
    "public_views": (),
    "annotations": ("annotation", "annotation_tag", "annotation_current"),
    "tags": ("tag", "tag_event"),
    "accounts": ("kdb_user",),
}
VIEWS = ("kdb_public.objects", "kdb_public.history", "kdb_public.tags")


@pytest.fixture
def known(kdb_database):
    kdb.create_database(NAME, MIGRATED)
    known = kdb.environment(NAME, KEY)
    try:
        with psycopg.connect(known["KDB_DSN"]) as connection:
            connection.execute(FILL)
        yield known
    finally:
        kdb.drop_database(NAME)


def migrate(known, *words):
    outcome = kdb.manage(known, "migrate", *words)
    assert outcome.returncode == 0, outcome.stderr


def content(known, names):
    with psycopg.connect(known["KDB_DSN"]) as connection:
        return {
            name: connection.execute(f"SELECT t::text FROM {name} t ORDER BY 1").fetchall()
            for name in names
        }


def structure(known):
    """Everything the migrations make, as the catalogue shows it."""
    with psycopg.connect(known["KDB_DSN"]) as connection:
        return connection.execute(
            "SELECT 'table', c.oid::regclass::text, '' FROM pg_class c JOIN pg_namespace n ON"
            "  n.oid = relnamespace WHERE nspname IN ('public', 'kdb_public') UNION ALL"
            " SELECT 'trigger', tgrelid::regclass::text, tgname FROM pg_trigger"
            "  WHERE NOT tgisinternal UNION ALL"
            " SELECT 'function', p.oid::regprocedure::text, '' FROM pg_proc p JOIN pg_namespace n"
            "  ON n.oid = pronamespace WHERE nspname IN ('public', 'kdb_public') UNION ALL"
            " SELECT 'constraint', conrelid::regclass::text, pg_get_constraintdef(c.oid)"
            "  FROM pg_constraint c JOIN pg_namespace n ON n.oid = connamespace"
            "  WHERE nspname = 'public' ORDER BY 1, 2, 3"
        ).fetchall()


def test_views_and_triggers_go_and_come_back_and_the_data_stay(known):
    tables = [name for names in TABLES.values() for name in names]
    before, shape, views = content(known, tables), structure(known), content(known, VIEWS)
    assert {name: len(found) for name, found in before.items()}["annotation"] == 200
    assert len(views["kdb_public.objects"]) > 20
    migrate(known, "public_views", "zero")
    assert not any(name.startswith("kdb_public") for _, name, _ in structure(known))
    migrate(known, "annotations", "0001")
    migrate(known, "tags", "0001")
    assert not any(kind == "trigger" for kind, _, _ in structure(known))
    assert content(known, tables) == before
    migrate(known)
    assert structure(known) == shape
    assert content(known, tables) == before
    assert content(known, VIEWS) == views


def test_everything_can_be_taken_back_from_a_full_database_and_made_again(known):
    shape = structure(known)
    # All others of the project depend on it, and go first.
    migrate(known, "accounts", "zero")
    left = {name for kind, name, _ in structure(known) if kind == "table"}
    assert not left & {name for names in TABLES.values() for name in names}
    migrate(known)
    assert structure(known) == shape


def test_models_and_migrations_agree(known):
    outcome = kdb.manage(known, "makemigrations", "--check", "--dry-run")
    assert (outcome.returncode, outcome.stdout.strip()) == (0, "No changes detected")
