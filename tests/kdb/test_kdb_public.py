"""The views that are published: what the role kdb_public reads, and all it can do."""

from __future__ import annotations

from datetime import datetime

import psycopg
import pytest
from django.db import connection
from support import kdb
from support.kdb import new_oid

OBJECTS = ("oid", "release", "tags", "description", "author", "changed_at", "annotations")
HISTORY = (
    "annotation_id", "oid", "number", "release", "tags", "description", "author", "changed_at",
    "deleted",
)  # fmt: skip
TAGS = ("name", "description", "tag_order", "tag_group", "retired", "merged_into", "objects")


def rows(query, *values):
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


@pytest.mark.parametrize(
    ("view", "columns"), [("objects", OBJECTS), ("history", HISTORY), ("tags", TAGS)]
)
def test_a_view_has_its_columns(view, columns):
    found = rows(
        "SELECT column_name::text FROM information_schema.columns WHERE table_schema = 'kdb_public'"
        " AND table_name = %s ORDER BY ordinal_position",
        view,
    )
    assert tuple(name for (name,) in found) == columns


def test_objects_are_those_everyone_sees_through_the_api(visitors, expert, editor, tags):
    oids = [new_oid() for _ in range(5)]
    expert.annotate(oids[0], "EA", "artefact", description="naïve: 18″ <E>")
    first = expert.annotate(oids[1], "SN")
    expert.annotate(oids[1], "VAR", public=False, based_on=first["id"])
    expert.annotate(oids[2], "SN", public=False)
    first = expert.annotate(oids[3], "SN")
    expert.annotate(oids[3], based_on=first["id"], deleted=True)
    expert.annotate(oids[4])
    editor.post("tags/EA/merge/", {"into": "VAR"})
    shown = visitors["anonymous"].get("objects/", ordering="oid").json()["results"]
    found = rows(
        "SELECT oid, release, tags, description, author, annotations, changed_at"
        " FROM kdb_public.objects ORDER BY oid"
    )
    assert found == [
        (
            row["oid"], row["release"], "#".join(row["tags"]), row["description"], row["author"],
            row["annotations"], datetime.fromisoformat(row["changed_at"]).replace(tzinfo=None),
        )
        for row in shown
    ]  # fmt: skip
    assert [(row[0], row[2], row[5]) for row in found] == [
        (oids[0], "artefact#VAR", 1),
        (oids[1], "SN", 1),
        (oids[4], "", 1),
    ]


def test_history_has_all_public_records_as_they_were_given(visitors, expert, editor, tags):
    oid = new_oid()
    first = expert.annotate(oid, "SN", description="a")
    second = expert.annotate(oid, "VAR", public=False, based_on=first["id"])
    third = expert.annotate(oid, "ghost", based_on=second["id"])
    expert.annotate(oid, based_on=third["id"], deleted=True)
    editor.patch("tags/SN/", {"name": "Supernova"})
    query = "SELECT number, tags, deleted, annotation_id FROM kdb_public.history ORDER BY number"
    found = rows(query)
    assert [row[:3] for row in found] == [(1, "SN", False), (2, "ghost", False), (3, "", True)]
    shown = visitors["anonymous"].get(f"objects/{oid}/history/").json()["results"]
    assert [(row[0], row[3]) for row in found] == [(row["number"], row["id"]) for row in shown]


def test_private_records_and_their_deletion_leave_no_trace_in_what_is_public(
    visitors, expert, tags
):
    known, unknown = new_oid(), new_oid()
    first = expert.annotate(known, "SN", description="a")
    views = ("objects", "history", "tags")
    before = [rows(f"SELECT * FROM kdb_public.{view} ORDER BY 1") for view in views]
    assert [len(found) for found in before] == [1, 1, len(tags)]
    expert.annotate(known, "VAR", based_on=first["id"], public=False)
    private = expert.annotate(unknown, "EA", public=False)
    expert.annotate(unknown, based_on=private["id"], deleted=True)
    seen = visitors["reader"].get(f"objects/{unknown}/history/").json()["results"]
    assert [record["deleted"] for record in seen] == [False, True]
    assert [rows(f"SELECT * FROM kdb_public.{view} ORDER BY 1") for view in views] == before


def test_a_private_record_after_a_public_deletion_is_deleted_in_private(visitors, expert, tags):
    oid = new_oid()
    public = expert.annotate(oid, "SN")
    deleted = expert.annotate(oid, based_on=public["id"], deleted=True)
    before = rows("SELECT * FROM kdb_public.history ORDER BY 1")
    assert len(before) == 2
    private = expert.annotate(oid, "EA", public=False, based_on=deleted["id"])
    last = expert.annotate(oid, based_on=private["id"], deleted=True, description="an error")
    assert rows("SELECT * FROM kdb_public.history ORDER BY 1") == before
    assert last["public"] is False
    again = expert.annotate(oid, "VAR", based_on=last["id"])
    expert.annotate(oid, based_on=again["id"], deleted=True)
    assert len(rows("SELECT * FROM kdb_public.history ORDER BY 1")) == 4


def test_tags_come_in_the_order_they_have_now_and_merged_ones_once(expert, editor, tags):
    oid = new_oid()
    expert.annotate(oid, "artefact", "ghost", "VAR", "SN", "EA")
    editor.patch("tags/EA/", {"order": -5})
    editor.patch("tags/SN/", {"order": 0})
    editor.patch("tags/VAR/", {"order": 0, "name": "variable"})
    editor.post("tags/ghost/merge/", {"into": "SN"})
    assert rows("SELECT tags FROM kdb_public.objects WHERE oid = %s", oid) == [
        ("EA#SN#artefact#variable",)
    ]
    assert rows("SELECT tags FROM kdb_public.history WHERE oid = %s", oid) == [
        ("EA#SN#VAR#artefact#ghost",)
    ]


def test_tags_are_counted_as_through_the_api(visitors, expert, editor, tags):
    expert.annotate(new_oid(), "SN", "EA")
    expert.annotate(new_oid(), "VAR", "EA")
    expert.annotate(new_oid(), "SN", public=False)
    editor.post("tags/EA/merge/", {"into": "VAR"})
    editor.patch("tags/ghost/", {"retired": True, "group": "artefact", "description": "π"})
    shown = visitors["anonymous"].get("tags/", counts="true").json()
    keys = ("name", "description", "order", "group", "retired", "merged_into", "objects")
    found = rows("SELECT * FROM kdb_public.tags ORDER BY tag_order")
    assert found == [tuple(row[key] for key in keys) for row in shown]
    assert {row[0]: row[6] for row in found}["VAR"] == 2


@pytest.fixture
def public(kdb_database):
    """A connection of the role kdb_public."""
    with psycopg.connect(kdb.dsn(kdb_database, "kdb_public"), autocommit=True) as connected:
        yield connected


@pytest.mark.parametrize("view", ["objects", "history", "tags"])
def test_the_public_role_reads_the_views(public, view):
    assert public.execute(f"SELECT count(*) FROM kdb_public.{view}").fetchone() == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM public.annotation",
        "SELECT * FROM public.kdb_user",
        "SELECT * FROM public.kdb_token",
        "SELECT * FROM public.django_session",
        "DELETE FROM kdb_public.tags",
        "UPDATE kdb_public.objects SET description = ''",
        "INSERT INTO kdb_public.history DEFAULT VALUES",
        "CREATE TABLE kdb_public.mine (a int)",
        "CREATE TABLE public.mine (a int)",
        "CREATE TEMP TABLE mine (a int)",
        "CREATE FUNCTION kdb_public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SET ROLE kdb",
    ],
)
def test_the_public_role_can_do_nothing_else(public, statement):
    with pytest.raises(psycopg.Error) as refusal:
        public.execute(statement)
    # A view that is never written to says so before it asks for rights.
    assert refusal.value.sqlstate in ("42501", "55000")


def test_the_views_are_barriers():
    found = rows(
        "SELECT relname::text, reloptions::text[] FROM pg_class c JOIN pg_namespace n"
        " ON n.oid = relnamespace WHERE nspname = 'kdb_public' ORDER BY 1"
    )
    assert found == [(name, ["security_barrier=true"]) for name in ("history", "objects", "tags")]
