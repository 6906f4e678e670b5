"""Pages: the table of annotated objects."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from support.kdb import new_oid
from support.pages import inside, query_of

from kdb.annotations.record import annotate
from kdb.pages.views import objects

NEW_YEAR = datetime(2024, 1, 1, tzinfo=UTC)
HOSTILE = "</td><script>alert('1')</script><img src=x onerror=a()> \"' onfocus=x {{ 7|add:7 }} ‮"


@pytest.fixture
def records(people, tags):
    """Six objects a day apart, oldest first; the fourth has a history, the last is not public."""
    oids = [new_oid() for _ in range(6)]
    said = [
        ("expert", "dr5", ["artefact", "ghost"], "Ghost of a bright star, 50% sure"),
        ("expert", "dr19", ["artefact"], "spike_1"),
        ("other_expert", "dr24", ["SN", "uncertain"], "In a galaxy"),
        ("expert", "dr19", ["SN"], "Type Ia, naïve fit"),
        ("editor", "dr19", [], ""),
        ("other_expert", "dr19", ["VAR"], "secret"),
    ]
    for place, (author, release, names, text) in enumerate(said):
        moment = NEW_YEAR + timedelta(days=place)
        before = None
        if place == 3:
            before = annotate(people["editor"], oids[3], "dr5", [], None, created_at=NEW_YEAR).pk
        given = [tags[name] for name in names]
        rest = {"text": text, "created_at": moment, "public": place != 5}
        annotate(people[author], oids[place], release, given, before, **rest)
    return oids


FILTERS = [
    {},
    {"tag": "SN"},
    {"tag": ["SN", "ghost"]},
    {"all_tags": ["artefact", "ghost"]},
    {"all_tags": ["SN", "ghost"]},
    {"not_tag": ["SN", "ghost"]},
    {"tag": ["SN", "artefact"], "not_tag": "uncertain"},
    {"author": "The expert"},
    {"author": "the expert"},
    {"text": "GALAXY"},
    {"text": "naïve"},
    {"text": "50%"},
    {"text": "_"},
    {"changed_after": "2024-01-03"},
    {"changed_before": "2024-01-03"},
    {"changed_after": "2024-01-02", "changed_before": "2024-01-04"},
    {"changed_after": "2024-01-03T00:00:01Z"},
    {"release": "dr19"},
    {"public": "false"},
    {"public": "true", "tag": "SN", "ordering": "oid"},
    {"ordering": "-annotations"},
    {"ordering": "changed_at"},
]


@pytest.mark.parametrize("role", ["anonymous", "reader"])
@pytest.mark.parametrize("parameters", FILTERS, ids=str)
def test_filters_leave_what_the_api_leaves(browsers, visitors, records, role, parameters):
    page = browsers[role].get("/", **parameters)
    assert page.oids() == visitors[role].oids(**parameters)


def test_the_filters_above_distinguish_objects(expert, records):
    found = {tuple(expert.oids(**parameters)) for parameters in FILTERS}
    assert len(found) >= 15
    assert () in found
    assert tuple(reversed(records)) in found


def test_a_row_shows_the_record(browsers, records):
    row = browsers["reader"].get("/", tag="SN", ordering="changed_at").rows()[1]
    assert row == {
        "OID": str(records[3]),
        "Tags": "SN",
        "Description": "Type Ia, naïve fit",
        "Author": "The expert",
        "Changed (UTC)": "2024-01-04 00:00",
        "Release": "dr19",
        "Public": "yes",
        "History": "2 ▸ record",
    }


def test_tags_are_written_into_one_input(browsers, records):
    browser = browsers["reader"]
    page = browser.submit(browser.get("/"), "Show", tag="SN, ghost", not_tag=" uncertain ")
    assert page.oids() == [records[3], records[0]]
    assert page.values("Show")["tag"] == "SN ghost"
    page = browser.submit(browser.get("/"), "Show", oid=f"{records[1]} {records[4]}\t")
    assert page.oids() == [records[4], records[1]]


def test_the_form_keeps_what_was_asked(browsers, records):
    asked = {
        "text": 'a"<b>', "author": "The expert", "changed_after": "2024-01-02", "release": "dr19",
        "public": "true", "ordering": "oid", "page_size": "100",
    }  # fmt: skip
    values = browsers["reader"].get("/", **asked).values("Show")
    assert {name: values[name] for name in asked} == asked


def test_who_is_not_logged_in_is_not_asked_for_what_is_public(browsers, records):
    page = browsers["anonymous"].get("/")
    assert "public" not in page.values("Show")
    assert "Public" not in page.rows()[0]
    assert str(records[5]) not in page.source


def test_links_lead_to_the_object_and_to_its_record(browsers, records, option):
    page = browsers["anonymous"].get("/")
    assert page.link(str(records[0])) == f"/view/{records[0]}"
    assert browsers["anonymous"].get(page.link("2 ▸ record")).heading == f"Record of {records[3]}"
    option(object_page="https://example.org/o?oid={oid}")
    page = browsers["anonymous"].get("/")
    assert page.link(str(records[0])) == f"https://example.org/o?oid={records[0]}"


def test_a_tag_and_an_author_lead_to_theirs(browsers, records, people):
    people["expert"].public_name = "A & B #1+?"
    people["expert"].save()
    page = browsers["anonymous"].get("/")
    assert browsers["anonymous"].get(page.link("SN")).oids() == [records[3], records[2]]
    theirs = browsers["anonymous"].get(page.link("A & B #1+?"))
    assert theirs.oids() == [records[3], records[1], records[0]]


@pytest.mark.parametrize("ordering", ["-changed_at", "changed_at", "oid", "-oid", "annotations"])
def test_pages_follow_each_other_there_and_back(browsers, records, monkeypatch, ordering):
    monkeypatch.setattr(objects, "ROWS", "2")
    browser = browsers["reader"]
    first = browser.get("/", ordering=ordering)
    second = browser.get(first.link("Next ›"))
    third = browser.get(second.link("Next ›"))
    found = first.oids() + second.oids() + third.oids()
    assert found == browser.visitor.oids(ordering=ordering)
    assert "Next ›" not in third.links()
    assert "‹ Previous" not in first.links()
    assert browser.get(third.link("‹ Previous")).oids() == second.oids()
    assert browser.get(third.link("First")).oids() == first.oids()
    assert first.texts("//p[@class='count']") == ["6 objects. 2 on this page."]


def test_filters_stay_on_the_next_page(browsers, records, monkeypatch):
    monkeypatch.setattr(objects, "ROWS", "1")
    first = browsers["reader"].get("/", tag="SN ghost", not_tag="uncertain")
    assert first.oids() == [records[3]]
    assert browsers["reader"].get(first.link("Next ›")).oids() == [records[0]]


def test_a_column_sorts_and_sorts_back(browsers, records):
    browser = browsers["reader"]
    page = browser.get("/", not_tag="VAR")
    assert page.tree.xpath("//th[@aria-sort]/@aria-sort") == ["descending"]
    page = browser.get(page.link("OID"))
    assert page.oids() == sorted(records[:5])
    assert page.texts("//th[@aria-sort='ascending']") == ["OID"]
    page = browser.get(page.link("OID"))
    assert page.oids() == sorted(records[:5], reverse=True)
    assert browser.get(page.link("Changed (UTC)")).oids() == records[4::-1]


def test_exports_are_the_present_selection(browsers, records):
    page = browsers["reader"].get("/", tag="SN", ordering="oid")
    client = browsers["reader"].visitor.client
    rows = client.get(inside(page.link("JSON"))).json()["results"]
    assert [row["oid"] for row in rows] == page.oids() == sorted(records[2:4])
    answer = client.get(inside(page.link("CSV")))
    assert answer["Content-Type"].startswith("text/csv")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert [int(line["oid"]) for line in lines] == page.oids()
    assert query_of(page.link("CSV"))["page_size"] == ["1000"]


def test_nothing_recorded_is_reported(browsers):
    page = browsers["anonymous"].get("/")
    assert page.texts("//p[@class='empty']") == ["Nothing is recorded yet."]


def test_nothing_found_is_reported(browsers, records):
    page = browsers["anonymous"].get("/", tag="EA")
    assert page.status == 200
    assert page.texts("//p[@class='empty']") == ["No object fits these filters. Without filters"]
    assert len(browsers["anonymous"].get(page.link("Without filters")).oids()) == 5


def test_too_many_are_reported(browsers, records, monkeypatch):
    monkeypatch.setattr(objects, "ROWS", "2")
    monkeypatch.setattr(objects, "MOST_COUNTED", 4)
    (shown,) = browsers["anonymous"].get("/").texts("//p[@class='count']")
    assert shown == ("More than 4 objects: more filters make the list shorter. 2 on this page.")


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("tag", "SN", "There is no tag 'SN'."),
        ("not_tag", "<b>%s", "There is no tag '<b>%s'."),
        ("all_tags", "x" * 65, "at most 64 characters"),
        ("tag", " ".join(f"t{i}" for i in range(21)), "21 values are given; at most 20."),
        ("oid", "7", "'7' is not an OID"),
        ("oid", "633207400004730 x", "'x' is not an OID"),
        ("changed_after", "yesterday", "Enter a valid date/time."),
        ("changed_before", "2024-13-01", "Enter a valid date/time."),
    ],
)
def test_a_bad_filter_is_reported_at_its_input(browsers, name, value, shown):
    page = browsers["anonymous"].get("/", **{name: value})
    assert page.status == 400
    assert shown in page.fault_at(name)
    assert page.values("Show")[name] == value
    assert not page.tree.xpath("//table")


@pytest.mark.parametrize(
    ("parameters", "shown"),
    [
        ({"tga": "SN"}, "tga: There is no such parameter"),
        ({"cursor": "x"}, "cursor is not of this list"),
        ({"page_size": "0"}, "page_size='0' is not a number"),
        ({"ordering": "text"}, "ordering='text' is not among"),
        ({"text": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_a_bad_address_is_reported(browsers, parameters, shown):
    page = browsers["anonymous"].get("/", **parameters)
    assert page.status == 400
    assert shown in page.faults()


def test_hostile_texts_and_names_are_texts(browsers, people, expert, tags):
    people["expert"].public_name = name = HOSTILE.replace("‮", "")[:100].strip()
    people["expert"].save()
    oid = new_oid()
    expert.annotate(oid, "SN", description=HOSTILE)
    for path in ("/", f"/objects/{oid}"):
        page = browsers["reader"].get(path)
        assert HOSTILE in page.tree.text_content()
        assert name in page.tree.text_content()
        assert not page.tree.xpath("//script|//img|//@onerror|//@onfocus")


@pytest.mark.parametrize("name", ["tag", "author", "text", "oid", "cursor", "ordering", HOSTILE])
def test_hostile_filters_are_texts(browsers, records, name):
    page = browsers["anonymous"].get("/", **{name: HOSTILE})
    assert page.status == (200 if name in ("author", "text") else 400)
    assert not page.tree.xpath("//script|//img|//@onerror|//@onfocus")


def test_an_unchanged_list_is_not_sent_again(browsers, records, expert, tags):
    client = browsers["anonymous"].visitor.client
    etag = client.get("/?tag=SN")["ETag"]
    assert client.get("/?tag=SN", headers={"If-None-Match": etag}).status_code == 304
    expert.annotate(new_oid(), "SN")
    assert client.get("/?tag=SN", headers={"If-None-Match": etag}).status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_rows(browsers, records, expert, tags):
    numbers = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            browsers["anonymous"].get("/")
        numbers.append(len(queries))
        for _ in range(20):
            expert.annotate(new_oid(), "SN", "VAR")
    assert numbers[0] == numbers[1] <= 8
