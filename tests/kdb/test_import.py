"""Loading files: layouts, refusals, repetition, and the real set."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import UTC, datetime

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from support import kdb
from support.files import SHARED
from support.kdb import NAME, new_oid
from support.records import history

from kdb.annotations.models import Annotation, AnnotationTag, Current
from kdb.annotations.record import annotate
from kdb.tags import edit, vocabulary
from kdb.tags.models import Tag
from kdb.transfer import load as loading

SET = SHARED / "crossmatch" / "derived" / "snad_kdb_tags.csv"
REAL_COUNTS = {
    "artefact": 2216, "bright_star": 645, "uncertain": 623, "ghost": 471, "1-point": 265,
    "QSO": 265, "defocusing": 262, "VAR": 260, "SN": 248, "M_dwarf_flare": 247, "spike": 239,
    "non-catalogued": 238, "M": 228, "frame_edge": 210, "track": 191, "Galaxy": 181, "AGN": 171,
    "column": 165, "Asteroid": 157, "TNS_candidate": 116, "STAR": 102, "Eclipsing": 77, "SR": 75,
    "EW": 70, "Pulsating": 68, "EA": 58, "Cataclysmic": 52, "SNIa": 48, "CCSN": 35, "RRAB": 34,
    "UG": 32, "RR": 32, "slew": 32, "LPV": 21, "AM": 12, "LSB": 12, "UGSU": 12, "EB": 11,
    "cosmic": 10, "N": 9, "L": 8, "RSG": 7, "SLSN": 7, "Hostless": 7, "UGSS": 5, "RSCVn": 5,
    "DSCT": 5, "Rotating": 4, "transient": 4, "BY": 4, "Eruptive": 4, "DCEP": 3, "interaction": 3,
    "UGZ": 3, "YSO": 3, "Lens": 2,
}  # fmt: skip
"""Objects with each tag, as published for the state of 2024-05-13."""


@pytest.fixture
def take(capsys):
    """A function that imports files; returns what was shown, as one text."""

    def run(*paths, **options):
        options = {"release": "dr17"} | options
        call_command("import_records", *map(str, paths), **options)
        return capsys.readouterr().out

    return run


@pytest.fixture
def refused(take, capsys):
    """A function that imports a file which must be refused; returns the faults shown."""

    def run(*paths, **options):
        before = set(Annotation.objects.values_list("pk", flat=True))
        with pytest.raises(CommandError):
            take(*paths, **options)
        assert set(Annotation.objects.values_list("pk", flat=True)) == before
        return capsys.readouterr().err

    return run


def when(text):
    return datetime.fromisoformat(text)


def test_csv_needs_oid_and_tags_only(tags, file, take):
    oid, other = new_oid(), new_oid()
    before = datetime.now(UTC)
    shown = take(file(f"oid,tags\n{oid},SN|VAR\n{other},\n"), author="A. Team")
    assert "2 records added, 0 were there" in shown
    ((names, text, author, time, release),) = history(oid)
    assert (names, text, author, release) == (["VAR", "SN"], "", "A. Team", "dr17")
    # The transaction of the test began before.
    assert abs((time - before).total_seconds()) < 60
    assert history(other)[0][0] == []


def test_the_planner_knows_what_was_imported(tags, file, take):
    take(file("oid,tags\n" + "".join(f"{new_oid()},SN|VAR\n" for _ in range(30))), author="A")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname::text, reltuples::int FROM pg_class WHERE relname = ANY(%s)",
            [["annotation", "annotation_tag", "annotation_current"]],
        )
        known = dict(cursor.fetchall())
    assert known == {
        "annotation": Annotation.objects.count(),
        "annotation_tag": AnnotationTag.objects.count(),
        "annotation_current": Current.objects.count(),
    }
    assert known["annotation_tag"] >= 60


def test_a_file_into_empty_tables_reads_a_few_rows_for_each_record(tags, file, take):
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE annotation, annotation_tag, annotation_current")
        read = (
            "SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_user_tables"
            " WHERE relname LIKE 'annotation%'"
        )
        cursor.execute(read)
        before = cursor.fetchone()[0]
        take(file("oid,tags\n" + "".join(f"{new_oid()},SN|VAR\n" for _ in range(400))), author="A")
        cursor.execute(read)
        assert cursor.fetchone()[0] - before < 30 * 400


def test_csv_keeps_text_author_time_release_and_publicity(tags, file, take):
    oid = new_oid()
    text = 'Two lines,\nand "quotes"'
    with_quotes = text.replace('"', '""')
    take(file(
        "public,release,time,author,description,tags,oid\n"
        f'false,dr5,2023-04-05T06:07:08+02:00,Ñandú,"{with_quotes}",SN#EA,{oid}\n'
    ))  # fmt: skip
    expected = (["SN", "EA"], text, "Ñandú", when("2023-04-05T04:07:08Z"), "dr5")
    assert history(oid) == [expected]
    assert not Annotation.objects.get(oid=oid).public


def test_the_originals_dump_keeps_authors_and_times(tags, file, take):
    oid, other = new_oid(), new_oid()
    dump = [
        {"oid": oid, "description": "see below", "simbadid": None, "tags": ["SN", "uncertain"],
         "changed_by": "maria", "changed_at": "2021-03-31T10:00:00.123456Z"},
        {"oid": other, "description": "", "simbadid": "V* RR Lyr", "tags": [],
         "changed_by": "ivan", "changed_at": "2024-05-13T01:02:03"},
    ]  # fmt: skip
    take(file(dump, "24-05-13.json"))
    time = when("2021-03-31T10:00:00.123456Z")
    assert history(oid) == [(["SN", "uncertain"], "see below", "maria", time, "dr17")]
    time = when("2024-05-13T01:02:03Z")
    assert history(other) == [([], "SIMBAD: V* RR Lyr", "ivan", time, "dr17")]
    assert not Annotation.objects.filter(author__isnull=False).exists()


@pytest.mark.parametrize("name", ["log.json", "log.jsonl"])
def test_states_of_the_originals_log_become_a_history_by_time(tags, file, take, name):
    oid = new_oid()
    states = [
        {"oid": oid, "description": "second", "tags": [["SN"], ["EA"]], "changed_by": ["b"],
         "changed_at": "2022-01-02T00:00:00Z"},
        {"oid": oid, "description": "first", "tags": [["VAR"]], "changed_by": ["a"],
         "changed_at": "2022-01-01T00:00:00Z"},
    ]  # fmt: skip
    lines = "\n".join(map(json.dumps, states))
    take(file(states if name.endswith("json") else lines, name))
    assert [row[:3] for row in history(oid)] == [
        (["VAR"], "first", "a"), (["SN", "EA"], "second", "b"),
    ]  # fmt: skip
    newest = Annotation.objects.get(oid=oid, number=2)
    assert newest.previous.text == "first"
    assert newest.newest_of.oid == oid


def test_nothing_is_imported_twice(tags, file, take):
    oid = new_oid()
    rows = file(f"oid,tags,description,author,time\n{oid},SN,x,a,2022-01-01T00:00:00Z\n"
                f"{oid},SN,x,a,2022-01-02T00:00:00Z\n")  # fmt: skip
    assert "2 records added" in take(rows)
    assert "0 records added, 2 were there" in take(rows, release="dr19")
    timeless = file(f"oid,tags,author\n{new_oid()},SN,a\n", "timeless.csv")
    assert "1 records added" in take(timeless)
    assert "0 records added, 1 were there" in take(timeless)


def test_a_record_is_known_again_after_its_tag_was_renamed_and_someone_annotated(
    tags, people, file, take
):
    oid = new_oid()
    rows = file(f"oid,tags,author,time\n{oid},SN,a,2022-01-01T00:00:00Z\n")
    take(rows)
    edit.change(people["editor"], tags["SN"].pk, name="Supernova")
    annotate(people["expert"], oid, "dr19", [], Annotation.objects.get(oid=oid).pk)
    assert "0 records added, 1 were there" in take(rows)


def test_what_changed_since_the_last_dump_is_added_to_the_history(tags, file, take):
    oid, same = new_oid(), new_oid()
    head = "oid,tags,author,time\n"
    old = f"{same},EA,a,2022-01-01T00:00:00Z\n"
    take(file(f"{head}{oid},SN,a,2022-01-01T00:00:00Z\n{old}"))
    shown = take(file(f"{head}{oid},VAR,b,2023-01-01T00:00:00Z\n{old}"))
    assert "1 records added, 1 were there" in shown
    assert [(row[0], row[2]) for row in history(oid)] == [(["SN"], "a"), (["VAR"], "b")]


def test_an_older_record_does_not_come_on_top_of_a_newer_one(tags, people, file, take, refused):
    oid, fresh = new_oid(), new_oid()
    head = annotate(people["expert"], oid, "dr19", [tags["EA"]], None)
    rows = file(f"oid,tags,author,time\n{oid},SN,a,2022-01-01T00:00:00Z\n"
                f"{fresh},SN,a,2022-01-01T00:00:00Z\n")  # fmt: skip
    shown = refused(rows)
    assert f"line 2: is older than the newest record of {oid}" in shown
    assert "--skip-older" in shown
    assert "1 records added, 0 were there, 1 left out as older" in take(rows, skip_older=True)
    assert Annotation.objects.get(oid=oid).pk == head.pk
    assert len(history(fresh)) == 1


@pytest.mark.parametrize(
    ("row", "cause"),
    [
        ("12,SN", "'12' is not an OID"),
        ("633007400004730,SN", "633007400004730 is not an OID: its filter, CCD or"),
        ("{oid},SN|SN", "a tag is given twice"),
        ("{oid},Sn", "There is no tag 'Sn'"),
        ("{oid},SN,surplus", "3 cells, but the header has 2"),
        ("{oid}", "1 cells, but the header has 2"),
    ],
)
def test_bad_rows_are_reported_with_line_and_cause_and_nothing_is_loaded(
    tags, file, refused, row, cause
):
    row = row.format(oid=new_oid())
    shown = refused(file(f"oid,tags\n{new_oid()},SN\n\n{row}\n{new_oid()},EA\n"))
    assert f"line 4: {cause}" in shown
    assert "nothing was loaded" in shown


def test_all_bad_rows_are_reported(tags, file, refused):
    shown = refused(file(f"oid,tags\n1,SN\n{new_oid()},SN\n2,SN\n"))
    assert "line 2: '1' is not" in shown
    assert "line 4: '2' is not" in shown


@pytest.mark.parametrize(
    ("field", "value", "cause"),
    [
        ("time", "yesterday", "time 'yesterday' is none"),
        ("time", "2023-02-30T00:00:00Z", "time '2023-02-30T00:00:00Z' is none"),
        ("time", "2999-01-01T00:00:00Z", "is still to come"),
        ("public", "maybe", "public 'maybe' is neither true nor false"),
        ("release", "DR 19", "release 'DR 19' is none"),
        ("author", "x" * 101, "author has 101 characters; at most 100"),
        ("description", "x" * 10_001, "description has 10,001 characters; at most 10,000"),
        ("description", "bell\x07", "has control characters"),
    ],
)
def test_malformed_fields_are_reported_by_name(tags, file, refused, field, value, cause):
    assert cause in refused(file(f"oid,tags,{field}\n{new_oid()},SN,{value}\n"))


@pytest.mark.parametrize(
    ("name", "content", "cause"),
    [
        ("x.csv", "oid,description\n", "line 1: there is no column 'tags'"),
        ("x.csv", "", "line 1: there is no column 'oid'"),
        ("x.csv", "oid,tags,priority\n", "the column 'priority' is not known"),
        ("x.csv", 'oid,tags\n633207400004730,"SN\n', "line 2: unexpected end of data"),
        ("x.json", '[{"oid": 5', "record 1 in line 1: is not JSON"),
        ("x.json", '[\n{"oid": 5, "tags": []},\n{"oid": 1.5e14, "tags": []}]',
         "record 2 in line 3: oid 150000000000000.0 is not a number"),
        ("x.json", '[{"oid": true, "tags": []}]', "oid True is not a number"),
        ("x.json", '[{"oid": 633207400004730, "tags": "SN"}]', "tags 'SN' are not a list"),
        ("x.json", '[{"oid": 633207400004730, "tags": [], "password": 1}]',
         "the field 'password' is not known"),
        ("x.json", '[{"oid": 633207400004730, "tags": [], "description": "\\ud800"}]',
         "has control characters"),
        ("x.json", '["text"]', "is not an object"),
        ("x.json", '[{"oid": 633207400004730, "tags": []}', "the list has no end"),
        ("x.txt", "oid,tags\n", "the layout is not known"),
    ],
)  # fmt: skip
def test_malformed_files_are_refused_with_their_cause(tags, file, refused, name, content, cause):
    assert cause in refused(file(content, name))


def test_a_file_that_is_missing_or_not_text_is_reported(tmp_path, refused):
    assert "cannot be read" in refused(tmp_path / "none.csv")
    (tmp_path / "bytes.csv").write_bytes(b"oid,tags\n\xff\xfe\n")
    assert "cannot be read" in refused(tmp_path / "bytes.csv")


def test_the_release_must_be_known(tags, file, refused):
    shown = refused(file(f"oid,tags\n{new_oid()},SN\n"), release=None)
    assert "line 2: the release is not given: name it with --release" in shown
    with pytest.raises(CommandError, match="'DR19' is none"):
        call_command("import_records", "x.csv", release="DR19")


def test_tags_are_added_only_where_asked_for_and_logged(tags, file, take, refused):
    rows = file(f"oid,tags\n{new_oid()},SN|new-1\n")
    assert "line 2: There is no tag 'new-1'" in refused(rows)
    assert not Tag.objects.filter(name="new-1").exists()
    assert "1 tags added" in take(rows, create_tags=True)
    assert [event.action for event in Tag.objects.get(name="new-1").events.all()] == ["created"]


def test_a_renamed_tag_is_reported_by_its_name_now(tags, people, file, refused):
    edit.change(people["editor"], tags["SN"].pk, name="Supernova")
    shown = refused(file(f"oid,tags\n{new_oid()},SN\n"))
    assert "It is now called 'Supernova'" in shown


@pytest.mark.parametrize("name", ["two words", "é", "x" * 65, "<b>", "sn"])
def test_names_that_cannot_be_tags_are_refused_even_then(tags, file, refused, name):
    shown = refused(file(f"oid,tags\n{new_oid()},{name}\n"), create_tags=True)
    assert "in capitals only" in shown if name == "sn" else "cannot be a tag" in shown


def test_a_dry_run_shows_and_loads_nothing(tags, file, take):
    oid = new_oid()
    shown = take(file(f"oid,tags\n{oid},SN|new\n"), create_tags=True, dry_run=True)
    assert "1 records would be added" in shown
    assert "1 tags would be added" in shown
    assert history(oid) == []
    assert not Tag.objects.filter(name="new").exists()


def test_the_good_files_of_several_are_loaded_and_a_second_run_completes_the_rest(
    tags, file, take, capsys
):
    good, bad = new_oid(), new_oid()
    paths = [file(f"oid,tags\n{bad},nix\n", "1.csv"), file(f"oid,tags\n{good},SN\n", "2.csv")]
    with pytest.raises(CommandError, match="1 of 2 files were refused"):
        take(*paths)
    assert (len(history(good)), len(history(bad))) == (1, 0)
    capsys.readouterr()
    file(f"oid,tags\n{bad},EA\n", "1.csv")
    shown = take(*paths)
    assert "1.csv: 1 records added" in shown
    assert "2.csv: 0 records added, 1 were there" in shown


def test_an_import_that_breaks_off_leaves_nothing_and_can_be_repeated(
    tags, file, take, monkeypatch
):
    monkeypatch.setattr(loading, "BATCH", 10)
    oids = [new_oid() for _ in range(30)]
    rows = file("oid,tags\n" + "".join(f"{oid},SN\n" for oid in oids))
    calls = []

    def broken(*arguments):
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return row(*arguments)

    row = loading._row
    with monkeypatch.context() as patched:
        patched.setattr(loading, "_row", broken)
        with pytest.raises(KeyboardInterrupt):
            take(rows)
    assert not Annotation.objects.filter(oid__in=oids).exists()
    assert "30 records added" in take(rows)


def test_one_import_runs_at_a_time(tags, file, refused):
    with psycopg.connect(kdb.dsn(NAME, "kdb")) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [loading.LOCK])
        shown = refused(file(f"oid,tags\n{new_oid()},SN\n"))
    assert "another import is running" in shown


def test_hostile_text_stays_text(tags, file, take):
    oid = new_oid()
    text = "'); DROP TABLE annotation; -- <script>alert(1)</script> %s {0}"
    take(file([{"oid": oid, "tags": [], "description": text, "changed_by": text[:90]}], "x.json"))
    assert history(oid)[0][1:3] == (text, text[:90])


def test_the_vocabulary_is_that_of_the_real_set_in_groups_and_described():
    vocabulary.load()
    found = list(Tag.objects.order_by("order"))
    assert {tag.name for tag in found} == set(REAL_COUNTS)
    assert all(len(tag.description) > 4 and tag.description.endswith(".") for tag in found)
    groups = [tag.group for tag in found]
    assert len(dict.fromkeys(groups)) == sum(
        group != before for before, group in zip([None, *groups], groups, strict=False)
    )
    assert found[0].name == "artefact"


def test_loading_the_vocabulary_again_changes_nothing_that_was_edited(people):
    assert len(vocabulary.load()) == 56
    editor = people["editor"]
    edit.change(editor, Tag.objects.get(name="SN").pk, description="ours", order=7)
    edit.change(editor, Tag.objects.get(name="VAR").pk, name="variable")
    edit.merge(editor, Tag.objects.get(name="RR").pk, Tag.objects.get(name="RRAB").pk)
    before = list(Tag.objects.order_by("pk").values())
    assert vocabulary.load() == []
    assert list(Tag.objects.order_by("pk").values()) == before


@pytest.mark.skipif(not SET.exists(), reason="the shared data set is not there")
def test_the_real_set_has_the_published_tag_counts(take, visitors):
    vocabulary.load()
    assert "4,568 records added" in take(SET, author="SNAD")
    counted = visitors["anonymous"].get("tags/", counts="true").json()
    assert {tag["name"]: tag["objects"] for tag in counted} == REAL_COUNTS
    per_object = Counter(Annotation.objects.values_list("tag_count", flat=True))
    assert per_object == {0: 5, 1: 1861, 2: 1891, 3: 652, 4: 124, 5: 33, 6: 1, 8: 1}
    with SET.open(newline="") as rows:
        expected = {int(row["oid"]): set(filter(None, row["tags"].split("|")))
                    for row in csv.DictReader(rows)}  # fmt: skip
    found = Annotation.objects.prefetch_related("given")
    assert {row.oid: {tag.given_name for tag in row.given.all()} for row in found} == expected
    assert "0 records added, 4,568 were there" in take(SET, author="SNAD")
