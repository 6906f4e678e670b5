"""The pages on TAP and ADQL: the site's own tables, limits and examples, which run."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import lxml.html
import pytest
import pyvo
import requests
from playwright.sync_api import expect
from support.releases import script
from test_examples import MAY_BE_EMPTY, examples

from ztfvo.settings import get_settings

FOREIGN = ("g-vo.org", "taphandle", "faqs.org", "sqlzoo", "guide star", "historic plates")
"""What DaCHS' own texts lead to."""


RUN = [title for title, query in examples().items() if "TAP_UPLOAD" not in query]
"""Examples that need no uploaded table."""

ADQL = "/__system__/adql/query"


@pytest.fixture(scope="module")
def page(site):
    """A function that gives a page as a tree."""

    def get(path):
        answer = requests.get(
            site + path, headers={"Accept": "text/html", "User-Agent": "Mozilla/5.0"}, timeout=60
        )
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].lower().startswith("text/html")
        return lxml.html.document_fromstring(answer.content)

    return get


def queries(tree):
    return [" ".join(one.text_content().split()) for one in tree.iter("pre")]


@pytest.mark.parametrize("path", ["/tap", "/tap/info", "/__system__/tap/run/info"])
def test_the_page_has_the_address_all_tables_and_all_examples(page, site, path):
    tree = page(path)
    assert f"{site}/tap" in [one.text for one in tree.iter("code")]
    assert "__system__/tap" not in lxml.html.tostring(tree, encoding="unicode")
    shown = {one.text for one in tree.xpath("//h2[@id='tables']/following::dt/a")}
    tables = pyvo.dal.TAPService(f"{site}/tap").tables
    names = [str(name) for name in tables.keys()]  # noqa: SIM118 - it yields tables otherwise
    assert shown == {name for name in names if not name.startswith("tap_schema")}
    assert queries(tree) == [" ".join(query.split()) for query in examples().values()]


def test_the_page_is_whole_also_when_head_came_first(page, site):
    script("serve", "reload")
    for _ in range(4):  # of each process
        assert requests.head(f"{site}/tap", timeout=60).content == b""
    for _ in range(4):
        assert queries(page("/tap"))


def test_links_of_tables_lead_to_them(page, site):
    for one in page("/tap").xpath("//dt/a[contains(., '.objects')]"):
        text = requests.get(site + one.get("href"), timeout=60).text
        assert "Light curve" in text or "light curve" in text


@pytest.mark.parametrize("path", ["/tap", "/tap/examples"])
def test_each_example_but_those_with_uploads_has_a_link_that_runs_it(page, path):
    tree = page(path)
    found = {
        " ".join(parse_qs(urlsplit(one.get("href")).query)["query"][0].split()): one.get("href")
        for one in tree.xpath("//a[text()='Run']")
    }
    known = {" ".join(examples()[title].split()) for title in RUN}
    assert set(found) == known
    assert len(tree.xpath("//a[text()='Run']")) == len(known)


@pytest.mark.parametrize("title", RUN)
def test_an_example_is_run_by_its_link(page, title):
    tree = page("/tap")
    (link,) = tree.xpath(f'//h3[text()="{title}"]/following-sibling::p[1]/a/@href')
    result = page(link)
    (matched,) = result.xpath("//div[@class='resmeta']/p/text()")
    assert int(matched.split()[-1]) > 0 or title in MAY_BE_EMPTY
    assert not result.xpath("//*[contains(@class, 'errors')]")


@pytest.mark.parametrize("path", ["/tap", "/tap/examples"])
def test_the_limits_are_those_of_the_site(page, path):
    text = " ".join(page(path).text_content().split())
    settings = get_settings()
    assert f"{settings.default_rows:,} without TOP or MAXREC, {settings.max_rows:,} at most" in text
    assert f"{settings.async_seconds} s at most" in text
    assert f"{settings.job_days} days at most" in text


@pytest.mark.parametrize("path", ["/tap", "/tap/examples", "/adql", f"{ADQL}/form", f"{ADQL}/info"])
def test_nothing_of_other_sites_is_left_in_the_pages(page, path):
    text = lxml.html.tostring(page(path), encoding="unicode").lower()
    assert [word for word in FOREIGN if word in text] == []


def test_the_form_shows_no_more_rows_than_it_says_and_says_so(page):
    asked = "/__system__/adql/query/form?__nevow_form__=genForm&_FORMAT=HTML&MAXREC=5&query="
    tree = page(asked + "SELECT+oid+FROM+ztf.objects")
    assert len(tree.xpath("//table[contains(@class, 'results')]//tbody/tr")) >= 5
    assert "These are the first 5 rows, and there may be more" in tree.text_content()


def test_the_form_has_as_many_rows_as_can_be_chosen(site):
    asked = {"__nevow_form__": "genForm", "_FORMAT": "CSV", "MAXREC": 250000, "_TIMEOUT": 15}
    asked["query"] = "SELECT TOP 250000 oid FROM ztf.detections"
    answer = requests.get(f"{site}/__system__/adql/query/form", params=asked, timeout=90)
    assert len(answer.text.splitlines()) - 1 == 250_000


@pytest.mark.parametrize("text", ["<b>x</b>", "'); alert(1); ('", '"><script>alert(1)</script>'])
def test_what_a_query_has_is_shown_as_text(page, text):
    asked = {"query": f"SELECT '{text.replace(chr(39), chr(39) * 2)}' AS x FROM ztf.filters"}
    tree = page(
        "/__system__/adql/query/form?__nevow_form__=genForm&_FORMAT=HTML&" + urlencode(asked)
    )
    cells = {one.text_content() for one in tree.xpath("//td")}
    assert text in cells


@pytest.mark.parametrize("path", ["/tap", "/tap/examples", "/adql", "an example"])
def test_browsers_have_nothing_to_complain_of(page, visit, path):
    if path == "an example":
        path = page("/tap").xpath("//a[text()='Run']/@href")[0]
    shown = visit(path)
    expect(shown.locator("h1").first).to_be_visible()
    if "genForm" in path:
        expect(shown.get_by_role("button", name="SAMP")).to_be_visible()
