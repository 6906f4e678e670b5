"""The form of /find, and the first rows that it finds."""

from __future__ import annotations

import lxml.html
import pytest
import requests

from ztfvo.find.criteria import CRITERIA
from ztfvo.find.query import MAXREC, NAMED, RADIUS

BROWSER = {"Accept": "text/html,*/*;q=0.8"}
ASKED = {"CLASS": "RR*", "AMPLITUDE": "0.2 Inf", "BAND": "r"}


def shown(site, path="/find", **asked):
    answer = requests.get(f"{site}{path}", asked, headers=BROWSER, timeout=120)
    return answer, lxml.html.fromstring(answer.content)


def test_the_form_has_a_field_for_every_criterion(site):
    answer, document = shown(site)
    (form,) = (one for one in document.forms if one.get("id") == "criteria")
    names = {name for name in form.inputs.keys() if name}  # noqa: SIM118 - it is not a mapping
    assert answer.status_code == 200
    assert names == {one.name for one in CRITERIA} | {NAMED, RADIUS, MAXREC}


def test_the_form_sent_empty_is_the_form_again(site):
    _, document = shown(site)
    (form,) = (one for one in document.forms if one.get("id") == "criteria")
    answer, again = shown(site, **dict(form.form_values()))
    assert answer.status_code == 200
    assert not again.xpath("//*[@role='alert']")


def test_browsers_get_the_rows_and_the_query_that_programs_get(site):
    answer, document = shown(site, **ASKED)
    known = requests.get(f"{site}/find", ASKED, timeout=60)
    assert "Accept" in answer.headers["Vary"].split(", ")
    assert known.headers["Content-Type"] == "application/json"
    rows = sorted(document.xpath("//table/tbody/tr/th/a/text()"))
    assert rows == sorted(str(row[0]) for row in known.json()["data"])
    assert document.xpath("//pre")[0].text == known.json()["adql"]
    links = document.xpath("//table/tbody/tr/th/a/@href")
    assert sorted(link.rpartition("/")[2] for link in links) == rows
    (form,) = (one for one in document.forms if one.get("id") == "criteria")
    values = dict(form.form_values())
    assert {name: values[name] for name in ASKED} == ASKED


def test_the_table_to_send_is_that_of_the_page(site):
    _, document = shown(site, **ASKED)
    (address,) = document.xpath("//button/@data-samp")
    answer = requests.get(address, timeout=60)
    assert address.startswith(f"{site}/find?")
    assert answer.headers["Content-Type"].startswith("application/x-votable+xml")
    (csv,) = document.xpath("//a[text()='CSV']/@href")
    lines = requests.get(site + csv, timeout=60).text.splitlines()
    assert len(lines) - 1 == len(document.xpath("//table/tbody/tr"))


def test_more_rows_than_the_page_shows_are_said(site):
    _, document = shown(site, NGOODOBS="1 Inf")
    assert document.xpath("//h2[@id='found']/text()") == ["200 and more rows"]
    assert "The first 200 are shown" in document.text_content()


def test_nothing_found_is_said(site):
    answer, document = shown(site, AMPLITUDE="90 91")
    assert (answer.status_code, "No light curve meets all" in document.text_content()) == (
        200,
        True,
    )


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"AMPLITUDE": "1"}, "AMPLITUDE=1 is not a range"),
        ({"CATALOG": "pg_class"}, "CATALOG=pg_class"),
        ({"RADIUS": "1"}, "Say what to find"),
        ({"NO": "<script>"}, "There is no parameter NO"),
        ({"BAND": "<script>alert(1)</script>"}, "is not one of g, r, i"),
    ],
)
def test_what_cannot_be_used_is_400_on_the_form_which_keeps_it(site, asked, sentence):
    answer, document = shown(site, **asked)
    (said,) = document.xpath("//*[@role='alert']")
    assert (answer.status_code, sentence in said.text_content()) == (400, True)
    assert not document.xpath("//script[not(@src)]")
    (form,) = (one for one in document.forms if one.get("id") == "criteria")
    if "AMPLITUDE" in asked:
        assert dict(form.form_values())["AMPLITUDE"] == "1"


def test_a_release_has_a_form_of_its_own(site):
    _, document = shown(site, "/demo/find", AMPLITUDE="1 Inf")
    (form,) = (one for one in document.forms if one.get("id") == "criteria")
    assert form.action == "/demo/find"
    assert "FROM ztf_demo.objects" in document.xpath("//pre")[0].text
    assert all(link.startswith("/demo/view/") for link in document.xpath("//tbody//th/a/@href"))
    missing, _ = shown(site, "/dr99/find")
    assert missing.status_code == 404
