"""Lists: each filter, sorting, paging, conditional requests, CSV."""

from __future__ import annotations

import csv
import io
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.utils.http import http_date
from support.kdb import new_oid

from kdb.annotations.record import annotate
from kdb.config import conditional

NEW_YEAR = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture
def records(people, tags):
    """Six objects a day apart; returns their OIDs, oldest first.

    0: artefact ghost    1: artefact          2: SN uncertain (other author, dr24, not public)
    3: SN, was VAR       4: nothing           5: deleted, was SN
    """
    oids = [new_oid() for _ in range(6)]
    expert, other = people["expert"], people["other_expert"]

    def record(place, author, release, *names, after=None, **rest):
        moment = NEW_YEAR + timedelta(days=place)
        given = [tags[name] for name in names]
        return annotate(author, oids[place], release, given, after, created_at=moment, **rest).pk

    record(0, expert, "dr5", "artefact", "ghost", text="Ghost of a bright star, 50% sure")
    record(1, expert, "dr19", "artefact", text="spike_1")
    record(2, other, "dr24", "SN", "uncertain", text="In a galaxy", public=False)
    old = record(3, expert, "dr19", "VAR", text="was variable")
    record(3, expert, "dr19", "SN", after=old, text="Type Ia, naïve fit")
    record(4, other, "dr19")
    old = record(5, expert, "dr19", "SN")
    record(5, expert, "dr19", after=old, deleted=True)
    return oids


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({}, [4, 3, 2, 1, 0]),
        ({"tag": "SN"}, [3, 2]),
        ({"tag": ["SN", "ghost"]}, [3, 2, 0]),
        ({"all_tags": ["artefact", "ghost"]}, [0]),
        ({"all_tags": ["SN", "ghost"]}, []),
        ({"not_tag": "SN"}, [4, 1, 0]),
        ({"not_tag": ["SN", "ghost"]}, [4, 1]),
        ({"tag": ["SN", "artefact"], "not_tag": "uncertain"}, [3, 1, 0]),
        ({"tag": "artefact", "all_tags": "ghost", "not_tag": "SN"}, [0]),
        ({"tag": "VAR"}, []),
        ({"author": "The expert"}, [3, 1, 0]),
        ({"author": "the expert"}, []),
        ({"author": "Nobody"}, []),
        ({"text": "ghost"}, [0]),
        ({"text": "GALAXY"}, [2]),
        ({"text": "naïve"}, [3]),
        ({"text": "50%"}, [0]),
        ({"text": "%"}, [0]),
        ({"text": "e_1"}, [1]),
        ({"text": "_"}, [1]),
        ({"changed_after": "2024-01-04"}, [4, 3]),
        ({"changed_after": "2024-01-04T00:00:00Z"}, [4, 3]),
        ({"changed_after": "2024-01-04T00:00:01Z"}, [4]),
        ({"changed_before": "2024-01-02T01:00:00+01:00"}, [0]),
        ({"changed_after": "2024-01-02", "changed_before": "2024-01-04"}, [2, 1]),
        ({"release": "dr19"}, [4, 3, 1]),
        ({"release": "dr1"}, []),
        ({"public": "false"}, [2]),
        ({"public": "true", "tag": "SN"}, [3]),
    ],
)
def test_objects_are_filtered_by_their_current_state(visitors, records, parameters, found):
    assert visitors["reader"].oids(**parameters) == [records[place] for place in found]


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({}, [5, 5, 4, 3, 3, 2, 1, 0]),
        ({"tag": "SN"}, [5, 3, 2]),
        ({"tag": "VAR"}, [3]),
        ({"text": "was variable"}, [3]),
        ({"author": "The other_expert"}, [4, 2]),
        ({"changed_before": "2024-01-02"}, [0]),
    ],
)
def test_annotations_are_filtered_as_they_were(visitors, records, parameters, found):
    oids = visitors["reader"].oids("annotations/", **parameters)
    assert oids == [records[place] for place in found]


def test_oids_of_a_list_are_those_asked_for(anyone, records):
    asked = [records[0], records[3], records[5], new_oid()]
    assert sorted(anyone.oids(oid=asked)) == [records[0], records[3]]
    assert anyone.oids(oid=asked, tag="SN") == [records[3]]


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"tag": "nothing"}, "tag"),
        ({"tag": "SN' OR 1=1 --"}, "tag"),
        ({"all_tags": ["SN", ""]}, "all_tags"),
        ({"not_tag": "x" * 100}, "not_tag"),
        ({"tag": ["SN"] * 21}, "tag"),
        ({"changed_after": "yesterday"}, "changed_after"),
        ({"changed_before": "2024-13-01"}, "changed_before"),
        ({"oid": "12"}, "oid"),
        ({"oid": ["633207400004730", "x"]}, "oid"),
        ({"text": "a\x00"}, "text"),
        ({"author": "\x00"}, "author"),
        ({"tags": "SN"}, "tags"),
        ({"author_id": "1"}, "author_id"),
        ({"author__email": "x"}, "author__email"),
    ],
)
def test_a_malformed_or_unknown_filter_is_refused_by_name(anyone, tags, parameters, field):
    answer = anyone.get("objects/", **parameters)
    assert (answer.status_code, list(answer.json())) == (400, [field])


@pytest.mark.parametrize(
    ("parameters", "meant"),
    [
        ({"tag": "sn"}, "The tag is 'SN'."),
        ({"not_tag": "var"}, "The tag is 'VAR'."),
        ({"release": "DR19"}, "the release is 'dr19'."),
    ],
)
def test_a_name_in_other_letters_is_answered_with_the_right_one(anyone, records, parameters, meant):
    for path in ("objects/", "annotations/"):
        answer = anyone.get(path, **parameters)
        assert answer.status_code == 400
        (sentence,) = [text for texts in answer.json().values() for text in texts]
        assert sentence.endswith(meant)


@pytest.mark.parametrize(
    "parameters",
    [
        {"page_size": 0},
        {"page_size": 1001},
        {"page_size": "x"},
        {"page_size": "٣"},
        {"page_size": "0000001000000"},
        {"page_size": "000000100" + "0" * 5000},
        {"ordering": "author__password"},
        {"ordering": "--oid"},
        {"ordering": ""},
        {"cursor": ""},
        {"cursor": "x"},
        {"cursor": "W10="},
        {"cursor": "bnVsbA=="},
        {"cursor": "WyItY2hhbmdlZF9hdCIsZmFsc2UsInllc3RlcmRheSIsMV0="},
        {"cursor": "WyJvaWQiLGZhbHNlLCIxIiwxXQ=="},
        {"cursor": "[" * 3000},
        *(
            {"ordering": ordering, "cursor": urlsafe_b64encode(place.encode()).decode()}
            for ordering, place in (
                ("oid", '["oid", false, "1", Infinity]'),
                ("oid", '["oid", false, Infinity, 1]'),
                ("annotations", '["annotations", false, Infinity, 1]'),
                ("changed_at", '["changed_at", false, "2020-01-01T00:00:00Z", Infinity]'),
                ("changed_at", '["changed_at", false, "0001-01-01T00:00:00+23:59", 1]'),
                ("changed_at", '["changed_at", false, "9999-12-31T23:59:59-23:59", 1]'),
            )
        ),
    ],
)
def test_a_page_that_is_none_is_refused(anyone, records, parameters):
    answer = anyone.get("objects/", **parameters)
    assert (answer.status_code, list(answer.json())) == (400, ["detail"])


@pytest.mark.parametrize("name", ["changed_after", "changed_before"])
def test_a_time_zone_that_postgresql_does_not_have_is_read(anyone, records, name):
    late, early = (anyone.oids(**{name: f"{year}-01-01T00:00:00+23:59"}) for year in (2001, 2999))
    assert {len(late), len(early)} == {0, 4}
    for time in ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"):
        answer = anyone.get("objects/", **{name: time})
        assert (answer.status_code, list(answer.json())) == (400, [name])


@pytest.mark.parametrize(
    ("ordering", "places"),
    [
        ("changed_at", [0, 1, 2, 3, 4]),
        ("-changed_at", [4, 3, 2, 1, 0]),
        ("oid", [0, 1, 2, 3, 4]),
        ("-oid", [4, 3, 2, 1, 0]),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_pages_follow_one_another_and_lead_back(visitors, records, ordering, places, size):
    reader = visitors["reader"]
    expected = [records[place] for place in places]
    page = reader.get("objects/", ordering=ordering, page_size=size).json()
    assert page["previous"] is None
    forward, pages = [], [page]
    while True:
        forward += [row["oid"] for row in page["results"]]
        if page["next"] is None:
            break
        page = reader.client.get(page["next"].replace("/kdb/", "/")).json()
        pages.append(page)
    assert forward == expected
    for before, after in zip(reversed(pages[:-1]), reversed(pages), strict=False):
        back = reader.client.get(after["previous"].replace("/kdb/", "/")).json()
        assert back["results"] == before["results"]


def test_pages_lose_nothing_when_all_times_are_the_same(people, anyone):
    oids = [new_oid() for _ in range(25)]
    for oid in oids:
        annotate(people["expert"], oid, "dr5", [], None, created_at=NEW_YEAR)
    for ordering in ("changed_at", "annotations"):
        found, address = [], f"/api/v1/objects/?page_size=4&ordering={ordering}"
        while address:
            page = anyone.client.get(address.replace("/kdb/", "/")).json()
            found += [row["oid"] for row in page["results"]]
            address = page["next"] or ""
        assert found == oids


def test_a_page_begins_where_the_last_ended_whatever_was_added(people, anyone, records):
    page = anyone.get("objects/", page_size=2).json()
    annotate(people["expert"], new_oid(), "dr5", [], None)
    following = anyone.client.get(page["next"].replace("/kdb/", "/")).json()
    reported = [row["oid"] for row in page["results"] + following["results"]]
    assert reported == [records[place] for place in (4, 3, 1, 0)]


def test_pages_keep_the_filters_and_lie_below_the_prefix(anyone, records):
    page = anyone.get("objects/", page_size=1, tag="artefact").json()
    assert page["next"].startswith("http://localhost/kdb/api/v1/objects/?")
    following = anyone.client.get(page["next"].replace("/kdb/", "/")).json()
    assert ([row["oid"] for row in following["results"]], following["next"]) == ([records[0]], None)


def test_an_answer_that_is_known_is_not_sent_again(anyone, expert, records):
    for path in ("objects/", f"objects/{records[0]}/", "tags/", "annotations/"):
        first = anyone.get(path)
        again = anyone.get(path, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        other = anyone.get(path, headers={"If-None-Match": '"other"'})
        assert other.content == first.content
    known = anyone.get("objects/")["ETag"]
    expert.annotate(new_oid())
    assert anyone.get("objects/", headers={"If-None-Match": known}).status_code == 200


def test_what_members_see_is_not_taken_for_what_everyone_sees(visitors, records):
    mine, theirs = visitors["reader"].get("objects/"), visitors["anonymous"].get("objects/")
    assert mine["ETag"] != theirs["ETag"]
    assert {"Cookie", "Authorization", "Accept"} <= set(theirs["Vary"].split(", "))
    assert "private" in theirs["Cache-Control"]


def test_a_change_is_only_dated_once_it_is_settled(anyone, expert, records, option):
    assert "Last-Modified" not in anyone.get("objects/")
    # As if the longest transaction were over.
    option(sql_seconds=-0.001)
    answer = anyone.get("objects/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(recorded_at) FROM annotation")
        recorded = cursor.fetchone()[0]
    assert answer["Last-Modified"] == http_date(recorded.timestamp())
    known = {"If-Modified-Since": answer["Last-Modified"]}
    assert anyone.get("objects/", headers=known).status_code == 304
    before = {"If-Modified-Since": http_date(recorded.timestamp() - 1)}
    assert anyone.get("objects/", headers=before).status_code == 200


def test_an_answer_is_given_undated_where_the_database_has_just_gone(anyone, records, monkeypatch):
    def gone():
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(conditional, "_settled_change", gone)
    answer = anyone.get("objects/")
    assert answer.status_code == 200
    assert answer.json()["results"]
    assert "Last-Modified" not in answer


def test_a_csv_page_has_the_rows_of_the_json_page(anyone, records):
    answer = anyone.get("objects/", format="csv", page_size=3)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert 'rel="next"' in answer["Link"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    shown = anyone.get("objects/", page_size=3).json()["results"]
    assert [int(row["oid"]) for row in rows] == [row["oid"] for row in shown]
    assert (rows[2]["tags"], rows[2]["description"]) == ("artefact", "spike_1")
    assert rows[1]["description"] == "Type Ia, naïve fit"
    last = anyone.get("objects/", format="csv", tag="ghost").content.decode()
    assert f'{records[0]},dr5,artefact#ghost,"Ghost of a bright star, 50% sure",The expert,' in last


@pytest.mark.parametrize(
    ("path", "header"),
    [
        (
            "objects/",
            "oid,release,tags,description,author,changed_at,public,annotation,annotations",
        ),
        (
            "annotations/",
            "id,oid,number,release,tags,description,author,changed_at,public,deleted",
        ),
        ("tags/", "name,description,order,group,retired,merged_into,objects"),
    ],
)
def test_an_empty_csv_still_has_its_header(anyone, path, header):
    answer = anyone.get(path, headers={"Accept": "text/csv"})
    assert answer.content.decode() == header + "\r\n"


def test_texts_survive_csv_whatever_they_contain(expert, anyone):
    text = 'quoted "so", with\nlines, <b> and ;'
    expert.annotate(new_oid(), description=text)
    (row,) = csv.DictReader(io.StringIO(anyone.get("objects/", format="csv").content.decode()))
    assert row["description"] == text


def test_a_mistake_is_reported_in_csv_with_its_status(anyone):
    answer = anyone.get("objects/", format="csv", tag="nothing")
    assert answer.status_code == 400
    assert "There is no tag 'nothing'." in answer.content.decode()


def test_tags_are_counted_for_those_who_may_see_the_objects(visitors, records):
    def counts(role):
        rows = visitors[role].get("tags/", counts="true").json()
        return {row["name"]: row["objects"] for row in rows}

    assert counts("anonymous") == {
        "artefact": 2, "ghost": 1, "VAR": 0, "SN": 1, "uncertain": 0, "EA": 0,
    }  # fmt: skip
    assert (counts("reader")["SN"], counts("reader")["uncertain"]) == (2, 1)
    assert visitors["anonymous"].get("tags/").json()[0]["objects"] is None
    assert visitors["anonymous"].get("tags/", counts="maybe").status_code == 400
