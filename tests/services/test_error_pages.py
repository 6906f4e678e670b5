"""Errors are pages to browsers, and what they were to others."""

from __future__ import annotations

import lxml.html
import pytest
import requests
from support import service

from ztfvo import votable

OID = service.HZ_HER_OIDS[0]
NONE = OID + 1
CHROMIUM = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
IMAGE = "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
TEXT = "text/plain; charset=utf-8"

TEXTS = (
    *("/fit", f"/fit?ID={OID}&MODEL=junk", "/similar?ID=x", "/features?ID=x", "/periodogram?ID=x"),
    *("/summary", "/match", f"/lc/{OID}.png?MODEL=junk", f"/lc/{OID}.csv?PERIOD=x"),
    *(f"/lc/{NONE}.csv", f"/latest/csv/{NONE}", f"/lc/{OID}.json?TIME=x", "/extinction"),
)
VOTABLES = (f"/lc/{NONE}", "/lc?ID=x", f"/lc/{OID}.vot?PERIOD=x")


def ask(site, path, accept):
    return requests.get(site + path, headers={"Accept": accept}, timeout=60)


@pytest.mark.parametrize("path", [*TEXTS, *VOTABLES])
def test_a_browser_gets_a_page_with_the_same_sentence_and_a_way_on(site, path):
    plain, shown = ask(site, path, "text/plain"), ask(site, path, CHROMIUM)
    assert shown.status_code == plain.status_code >= 400
    assert shown.headers["Content-Type"] == "text/html; charset=utf-8"
    document = lxml.html.fromstring(shown.content)
    assert {"/", "/search", "/help"} <= set(document.xpath("//main//a/@href"))
    if path in TEXTS:
        assert plain.text.strip() in " ".join(document.xpath("//main")[0].text_content().split())


@pytest.mark.parametrize("accept", ["*/*", "application/json", IMAGE, "*/*, text/html"])
@pytest.mark.parametrize("path", TEXTS[:2] + TEXTS[7:9])
def test_scripts_and_pictures_get_a_sentence(site, path, accept):
    if "text/html" in accept:
        path = TEXTS[8]
    answer = ask(site, path, accept)
    assert (answer.status_code >= 400, answer.headers["Content-Type"]) == (True, TEXT)


@pytest.mark.parametrize("path", VOTABLES)
@pytest.mark.parametrize(
    "accept", ["*/*", "application/x-votable+xml, */*", "*/*;q=0.1, text/html"]
)
def test_vo_clients_get_a_votable(site, path, accept):
    answer = ask(site, path, accept)
    assert answer.headers["Content-Type"] == votable.MEDIA_TYPE
    assert b'value="ERROR"' in answer.content


def test_a_page_whose_parameters_are_refused_leads_to_itself_without_them(site):
    answer = ask(site, f"/view/{OID}?EPOCH=5", CHROMIUM)
    links = lxml.html.fromstring(answer.content).xpath("//main//a/@href")
    assert (answer.status_code, links[0]) == (400, f"/view/{OID}")
    assert ask(site, links[0], CHROMIUM).status_code == 200


def test_what_an_address_has_is_escaped_in_links(site):
    answer = ask(site, "/view/%3Cscript%3E?PERIOD=1", CHROMIUM)
    assert answer.status_code == 400
    assert b"<script>" not in answer.content


@pytest.mark.parametrize("path", [f"/other/view/{OID}", f"/other/view/{OID}?PERIOD=1"])
def test_a_page_of_a_release_that_is_not_here_leads_to_the_light_curve_where_it_is(site, path):
    document = lxml.html.fromstring(ask(site, path, CHROMIUM).content)
    links = {one.text: one.get("href") for one in document.xpath("//main//li/a")}
    assert links[f"Light curve {OID} in release demo"] == f"/view/{OID}"
    assert links["Search release demo"] == "/demo/search"
