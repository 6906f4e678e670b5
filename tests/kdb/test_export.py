"""Export, and what an empty database becomes of it."""

from __future__ import annotations

import io
import json
import os
import stat
import tracemalloc
from contextlib import redirect_stdout

import numpy as np
import psycopg
import pytest
from astropy.io.votable import parse
from django.core.management import CommandError, call_command
from django.db import transaction
from support import kdb
from support.kdb import KEY, MIGRATED, NAME, new_oid

from kdb.accounts.models import User
from kdb.annotations.models import Annotation, AnnotationTag
from kdb.annotations.record import annotate
from kdb.tags import edit
from kdb.transfer import lines, rows

OTHER = f"kdb_export_{os.getpid()}"

# Accounts become names; everything else is compared, and numbers where others cite them.
ALL_ROWS = {
    "tag": """SELECT t.name, t.description, t."order", t."group", t.retired, m.name
        FROM tag t LEFT JOIN tag m ON m.id = t.merged_into_id ORDER BY t.id""",
    "tag_event": """SELECT t.name, e.action, coalesce(u.public_name, e.actor_name), e.at,
            e.before::text, e.after::text
        FROM tag_event e JOIN tag t ON t.id = e.tag_id LEFT JOIN kdb_user u ON u.id = e.actor_id
        ORDER BY e.id""",
    "annotation": """SELECT a.id, a.oid, a.release, a.text, a.tag_count,
            coalesce(u.public_name, a.author_name), a.public, a.deleted, a.previous_id,
            a.created_at, a.number, a.public_number
        FROM annotation a LEFT JOIN kdb_user u ON u.id = a.author_id ORDER BY a.id""",
    "annotation_tag": """SELECT g.annotation_id, t.name, g.given_name
        FROM annotation_tag g JOIN tag t ON t.id = g.tag_id ORDER BY g.id""",
    "annotation_current": "SELECT * FROM annotation_current ORDER BY oid",
    "kdb_public.objects": "SELECT * FROM kdb_public.objects ORDER BY oid",
    "kdb_public.history": "SELECT * FROM kdb_public.history ORDER BY annotation_id",
    "kdb_public.tags": "SELECT * FROM kdb_public.tags ORDER BY name",
}


@pytest.fixture
def records(people, tags):
    """A vocabulary with a past, and histories with all that can happen to an object."""
    expert, other, editor = (people[role] for role in ("expert", "other_expert", "editor"))
    oid, private, gone = new_oid(), new_oid(), new_oid()
    first = annotate(expert, oid, "dr5", [tags["SN"], tags["VAR"]], None, text="x\ty\n<b>&'\"é🌟")
    edit.change(editor, tags["VAR"].pk, name="variable", description='not "known"')
    edit.merge(editor, tags["ghost"].pk, tags["artefact"].pk)
    second = annotate(other, oid, "dr19", [tags["SN"]], first.pk, public=False)
    annotate(expert, oid, "dr19", [tags["VAR"], tags["artefact"]], second.pk)
    annotate(other, private, "dr19", [tags["EA"]], None, public=False, text="ours alone")
    head = annotate(expert, gone, "dr19", [tags["SN"]], None)
    annotate(expert, gone, "dr19", [], head.pk, deleted=True, text="wrong star")
    imported = Annotation(
        oid=new_oid(), release="dr17", author_name="Old Hand", tag_count=1,
        created_at="2021-03-31T10:00:00.123456Z",
    )  # fmt: skip
    with transaction.atomic():
        imported.save()
        AnnotationTag(annotation=imported, tag=tags["ghost"]).save()
    return {"oid": oid, "private": private, "gone": gone}


@pytest.fixture
def empty(kdb_database):
    """The environment of another database with no rows."""
    kdb.create_database(OTHER, MIGRATED)
    yield kdb.environment(OTHER, KEY)
    kdb.drop_database(OTHER)


def all_rows(dsn):
    with psycopg.connect(dsn) as connection:
        return {name: connection.execute(query).fetchall() for name, query in ALL_ROWS.items()}


def values(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_an_export_loaded_into_an_empty_database_gives_the_same_rows(
    committed, records, empty, tmp_path
):
    path = tmp_path / "all.jsonl"
    call_command("export_records", str(path))
    outcome = kdb.manage(empty, "import_records", str(path), "--create-tags")
    assert outcome.returncode == 0, outcome.stderr
    assert "7 records added, 0 were there, 6 tags added" in outcome.stdout
    before, after = all_rows(kdb.dsn(NAME, "kdb")), all_rows(empty["KDB_DSN"])
    assert len(before["annotation"]) == 7
    assert len(before["tag_event"]) == 9
    for name in ALL_ROWS:
        assert after[name] == before[name], name
    again = tmp_path / "again.jsonl"
    assert kdb.manage(empty, "export_records", str(again)).returncode == 0
    assert values(again)[1:] == values(path)[1:]


def test_the_number_of_the_next_annotation_comes_after_those_loaded(
    committed, records, empty, tmp_path
):
    path = tmp_path / "all.jsonl"
    call_command("export_records", str(path))
    assert kdb.manage(empty, "import_records", str(path), "--create-tags").returncode == 0
    more = tmp_path / "more.csv"
    more.write_text(f"oid,tags\n{new_oid()},SN\n")
    outcome = kdb.manage(empty, "import_records", str(more), "--release=dr19")
    assert outcome.returncode == 0, outcome.stderr
    ids = [row[0] for row in all_rows(empty["KDB_DSN"])["annotation"]]
    assert ids[-1] == ids[-2] + 1


def test_an_export_loaded_where_it_came_from_adds_nothing(records, tmp_path, capsys):
    path = tmp_path / "all.jsonl"
    call_command("export_records", str(path))
    call_command("import_records", str(path))
    assert "0 records added, 7 were there" in capsys.readouterr().out
    assert Annotation.objects.count() == 7


def test_no_account_is_in_an_export(records, people, tmp_path):
    expert = people["expert"]
    secrets = [expert.login, expert.email, expert.password]
    for name in ("all.jsonl", "all.vot"):
        path = tmp_path / name
        call_command("export_records", str(path))
        text = path.read_text()
        assert expert.public_name in text
        assert [secret for secret in secrets if secret in text] == []
        assert User.objects.count() > 0


def test_an_export_is_for_its_owner_and_has_its_name_when_it_is_whole(
    records, tmp_path, monkeypatch
):
    path = tmp_path / "all.jsonl"
    path.write_text("from before")
    with monkeypatch.context() as patched:
        patched.setattr(lines.rows, "events", lambda: iter([{"at": object()}]))
        with pytest.raises(TypeError):
            call_command("export_records", str(path))
    assert [item.name for item in tmp_path.iterdir()] == ["all.jsonl"]
    assert path.read_text() == "from before"
    call_command("export_records", str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_public_export_has_what_everyone_may_read(records, tmp_path):
    path = tmp_path / "public.jsonl"
    call_command("export_records", str(path), public=True)
    found = [row for row in values(path) if row["kind"] == "annotation"]
    assert "ours alone" not in path.read_text()
    mine = [row for row in found if row["oid"] == records["oid"]]
    assert [row["number"] for row in mine] == [1, 2]
    assert records["private"] not in {row["oid"] for row in found}
    assert values(path)[-1]["annotations"] == len(found) == 5


def test_a_file_that_lost_lines_is_refused(records, tmp_path, capsys):
    path = tmp_path / "all.jsonl"
    call_command("export_records", str(path))
    text = path.read_text().splitlines(keepends=True)
    cases = {
        "the file is not whole": text[:-1],
        "says 7 annotations, but there are 6": text[:-2] + text[-1:],
        "version 9 is not known": [text[0].replace('"version": 1', '"version": 9'), *text[1:]],
        "comes after the end": [*text, text[-2]],
        "'given' is missing": [*text[:-2], text[-2].replace('"given"', '"taken"'), text[-1]],
        "is neither tag, tag event nor annotation": [*text[:-1], '{"kind": "x"}\n', text[-1]],
    }
    for cause, content in cases.items():
        path.write_text("".join(content))
        with pytest.raises(CommandError):
            call_command("import_records", str(path))
        assert cause in capsys.readouterr().err


def test_json_lines_can_go_to_the_standard_output(records):
    target = io.TextIOWrapper(io.BytesIO())
    with redirect_stdout(target):
        call_command("export_records", "-", layout="jsonl")
    found = target.buffer.getvalue().decode().splitlines()
    assert json.loads(found[0])["kind"] == "kdb export"
    assert json.loads(found[-1]) == {"kind": "end", "tags": 6, "tag_events": 9, "annotations": 7}


def test_the_memory_of_an_export_does_not_grow_with_its_rows(tags, monkeypatch):
    monkeypatch.setattr(rows, "CHUNK", 50)

    def peak(count):
        Annotation.objects.bulk_create(
            Annotation(oid=new_oid(), release="dr5", author_name="a", text="x" * 2000)
            for _ in range(count)
        )
        tracemalloc.start()
        with open(os.devnull, "wb") as target:
            lines.write_lines(target, False)
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(100)
    assert peak(2000) < 2 * peak(100) + 1e6


def test_the_votable_has_the_same_rows_as_the_json_lines(records, tmp_path):
    call_command("export_records", str(tmp_path / "all.jsonl"))
    call_command("export_records", str(tmp_path / "all.vot"))
    document = parse(tmp_path / "all.vot", verify="exception")
    found = {table.name: table.to_table(use_names_over_ids=True)
             for table in document.iter_tables()}  # fmt: skip
    kinds = {"annotation": "annotations", "tag": "tags", "tag event": "tag_events"}
    expected = {name: [] for name in kinds.values()}
    for row in values(tmp_path / "all.jsonl")[1:-1]:
        expected[kinds[row.pop("kind")]].append(row)
    for name, rows_expected in expected.items():
        table = found[name]
        assert len(table) == len(rows_expected) > 0
        for row, wanted in zip(table, rows_expected, strict=True):
            for column in table.colnames:
                assert cell(row[column]) == cell(wanted[column]), (name, column)


def cell(value):
    """A value as the VOTable writes it, times in seconds."""
    if isinstance(value, list):
        return "#".join(value)
    if isinstance(value, dict):
        return value
    if isinstance(value, np.generic):
        value = value.item()
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith("{"):
        return json.loads(value)
    if isinstance(value, str) and value.endswith("Z") and "T" in value:
        return np.datetime64(value[:-1], "us")
    return value


def test_columns_of_the_votable_say_what_they_are(records, tmp_path):
    call_command("export_records", str(tmp_path / "all.vot"))
    document = parse(tmp_path / "all.vot", verify="exception")
    fields = [field for table in document.iter_tables() for field in table.fields]
    assert len(fields) == 11 + 6 + 6
    assert all(field.description and field.ucd for field in fields)
    assert len({field.ID for field in fields}) == len(fields)
    times = [field for field in fields if field.xtype == "timestamp"]
    assert [field.name for field in times] == ["changed_at", "at"]
    (system,) = document.resources[0].time_systems
    assert {field.ref for field in times} == {system.ID}
    assert system.timescale == "UTC"


def test_an_unknown_layout_is_reported(tmp_path):
    with pytest.raises(CommandError, match=r"must end in \.jsonl or \.vot"):
        call_command("export_records", str(tmp_path / "all.xlsx"))
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_records", str(tmp_path / "none" / "all.jsonl"))
