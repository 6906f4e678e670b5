"""The tables: rules that hold whoever writes."""

from __future__ import annotations

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from support.kdb import new_oid

from kdb.annotations.models import Annotation, AnnotationTag, Current
from kdb.annotations.oid import InvalidOID, parse_oid
from kdb.annotations.record import NotNewest, annotate
from kdb.config.history import AppendOnly


@pytest.fixture
def author(people):
    return people["expert"]


def refused(statement: str, *values) -> str:
    """Run a statement that must fail; returns what the database says."""
    with (
        pytest.raises(DatabaseError) as refusal,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert isinstance(refusal.value.__cause__, psycopg.Error)
    return str(refusal.value)


def test_annotations_of_an_oid_form_a_numbered_chain(author, tags):
    oid = new_oid()
    first = annotate(author, oid, "dr5", [tags["SN"]], None, text="new")
    second = annotate(author, oid, "dr19", [], first.pk, public=False)
    third = annotate(author, oid, "dr19", [tags["VAR"]], second.pk)
    rows = Annotation.objects.filter(oid=oid).order_by("number")
    assert list(rows.values_list("pk", "number", "public_number", "previous_id")) == [
        (first.pk, 1, 1, None),
        (second.pk, 2, None, first.pk),
        (third.pk, 3, 2, second.pk),
    ]
    current = Current.objects.get(oid=oid)
    assert (current.newest_id, current.newest_public_id) == (third.pk, third.pk)


def test_everyone_still_sees_the_newest_public_one_after_a_private_one(author):
    oid = new_oid()
    first = annotate(author, oid, "dr5", [], None)
    second = annotate(author, oid, "dr5", [], first.pk, public=False)
    current = Current.objects.get(oid=oid)
    assert (current.newest_id, current.newest_public_id) == (second.pk, first.pk)


def test_deleting_what_everyone_saw_deletes_it_for_everyone(author):
    oid = new_oid()
    first = annotate(author, oid, "dr5", [], None)
    second = annotate(author, oid, "dr5", [], first.pk, public=False)
    gone = annotate(author, oid, "dr5", [], second.pk, public=False, deleted=True)
    gone.refresh_from_db()
    assert (gone.public, gone.public_number) == (True, 2)


@pytest.mark.parametrize("other_oid", [False, True])
def test_an_annotation_must_follow_the_newest_of_its_own_oid(author, other_oid):
    oid = new_oid()
    first = annotate(author, oid, "dr5", [], None)
    annotate(author, oid, "dr5", [], first.pk)
    wrong = annotate(author, new_oid(), "dr5", [], None).pk if other_oid else first.pk
    with pytest.raises(NotNewest):
        annotate(author, oid, "dr5", [], wrong)
    with pytest.raises(NotNewest):
        annotate(author, oid, "dr5", [], None)
    assert Annotation.objects.filter(oid=oid).count() == 2


def test_models_refuse_changes(author, tags):
    row = annotate(author, new_oid(), "dr5", [tags["SN"]], None)
    row.text = "other"
    for change in (row.save, row.delete, row.given.all().delete, Annotation.objects.all().delete):
        with pytest.raises(AppendOnly):
            change()
    with pytest.raises(AppendOnly):
        Annotation.objects.filter(pk=row.pk).update(text="other")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE annotation SET text = 'other' WHERE id = %s",
        "DELETE FROM annotation WHERE id = %s",
        "UPDATE annotation_tag SET tag_id = tag_id WHERE annotation_id = %s",
        "DELETE FROM annotation_tag WHERE annotation_id = %s",
        "UPDATE tag_event SET action = 'x' WHERE %s > 0",
        "DELETE FROM tag_event WHERE %s > 0",
    ],
)
def test_the_database_refuses_changes_of_history(author, tags, statement):
    row = annotate(author, new_oid(), "dr5", [tags["SN"]], None)
    assert "are only ever added" in refused(statement, row.pk)


@pytest.mark.parametrize("table", ["annotation", "annotation_tag", "tag_event"])
def test_the_database_refuses_to_empty_history(table):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert "are only ever added" in refused(f"TRUNCATE {table} CASCADE")


def test_no_tag_joins_an_annotation_later(author, tags):
    row = annotate(author, new_oid(), "dr5", [tags["SN"]], None)
    insert = "INSERT INTO annotation_tag (annotation_id, tag_id) VALUES (%s, %s)"
    assert "has all its tags" in refused(insert, row.pk, tags["VAR"].pk)


def test_no_annotation_lacks_tags_it_counts(author):
    insert = (
        "INSERT INTO annotation (oid, release, text, tag_count, author_id, author_name, public,"
        " deleted) VALUES (%s, 'dr5', '', 2, %s, '', true, false)"
    )
    assert "lacks some of its 2 tags" in refused(insert, new_oid(), author.pk)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE annotation_current SET newest_public_id = NULL WHERE oid = %s",
        "DELETE FROM annotation_current WHERE oid = %s",
        "INSERT INTO annotation_current (oid, newest_id) SELECT oid + 1, newest_id"
        " FROM annotation_current WHERE oid = %s",
    ],
)
def test_what_is_newest_cannot_be_set_by_hand(author, statement):
    oid = new_oid()
    annotate(author, oid, "dr5", [], None)
    assert "follows annotation" in refused(statement, oid)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"oid": 5}, "annotation_oid_digits"),
        ({"author": None}, "annotation_one_author"),
        ({"author_name": "A. N. Other"}, "annotation_one_author"),
        ({"deleted": True, "tag_count": 1}, "annotation_deleted_is_bare"),
    ],
)
def test_the_database_refuses_rows_that_make_no_sense(author, fields, constraint):
    row = Annotation(**({"oid": new_oid(), "release": "dr5", "author": author} | fields))
    with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
        row.save()


def test_the_pointer_is_what_the_history_says_for_a_bulk_load(author, tags):
    oids = [new_oid() for _ in range(5)]
    first = Annotation.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    ids = range(first + 1000, first + 1030)
    rows = [
        Annotation(
            pk=pk, oid=oids[i % 5], release="dr5", author_name="Old Hand", public=i % 3 != 0,
            previous_id=pk - 5 if i >= 5 else None, tag_count=1,
        )
        for i, pk in enumerate(ids)
    ]  # fmt: skip
    Annotation.objects.bulk_create(rows)
    AnnotationTag.objects.bulk_create(
        [AnnotationTag(annotation_id=pk, tag=tags["SN"]) for pk in ids]
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE c.newest_id = h.newest AND"
            " c.newest_public_id IS NOT DISTINCT FROM h.newest_public)"
            " FROM annotation_current c JOIN (SELECT oid, max(id) AS newest,"
            " max(id) FILTER (WHERE public) AS newest_public FROM annotation GROUP BY oid) h"
            " USING (oid)"
        )
        assert cursor.fetchone() == (5, 5)
    assert set(Annotation.objects.filter(pk__gte=ids[-5]).values_list("number", flat=True)) == {6}


@pytest.mark.parametrize("text", ["633207400004730", "1722107400005560"])
def test_oids_have_fifteen_or_sixteen_digits(text):
    assert parse_oid(text) == int(text)


@pytest.mark.parametrize(
    "text",
    ["", "12", "0633207400004730", "-33207400004730", "63320740000473٠", "633007400004730",
     "633217400004730", "633207500004730", "99999999999999999", "6e14", " 633207400004730"],
)  # fmt: skip
def test_other_numbers_are_no_oids(text):
    with pytest.raises(InvalidOID):
        parse_oid(text)
