"""Pages of texts and the page of the sky: /, /about, /help, /sky."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import time
from urllib.parse import parse_qs, urlsplit

import lxml.html
import numpy as np
import pytest
import requests
from support import service
from support.files import ROOT

from ztfvo.outside.ask import iso
from ztfvo.outside.sources import sources
from ztfvo.search.coverage import moc_of
from ztfvo.search.examples import KNOWN
from ztfvo.settings import get_settings
from ztfvo.web.routes.outside import said
from ztfvo.web.routes.texts import LIBRARIES, LOCK

BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def page(site):
    """A function that returns a page."""

    def get(path):
        answer = requests.get(site + path, headers=BROWSER, timeout=60)
        assert answer.status_code == 200
        return lxml.html.fromstring(answer.content)

    return get


def test_home_shows_the_known_stars_that_the_release_has_with_their_curves(site, page):
    examples = page("/").xpath("//ul[contains(@class, 'gallery')]/li")
    assert [card.find("a").text for card in examples] == [one.name for one in KNOWN]
    for card, known in zip(examples, KNOWN, strict=True):
        parts = urlsplit(card.find("a").get("href"))
        assert parts.path == f"/view/{known.oid}"
        assert parse_qs(parts.query) == ({"PERIOD": [str(known.period)]} if known.period else {})
        picture = requests.get(site + card.find("img").get("src"), timeout=60)
        assert picture.headers["Content-Type"] == "image/svg+xml"
        assert picture.text.count("M") > 5


def test_home_has_the_sky_that_the_release_covers(page):
    (path,) = page("/").xpath("//path[@class='covered']/@d")
    area = sum(int(width) for width in re.findall(r"h(\d+)v1", path))
    ((text,),) = service.rows("SELECT footprint FROM ztf_store.release WHERE name = 'demo'")
    fraction = moc_of(text).degrade_to_order(6).sky_fraction
    steps = 360 * 180 * np.pi / 4
    assert area / steps == pytest.approx(fraction, rel=0.2)


def test_home_has_the_state_of_every_source(ask, page):
    shown = page("/").xpath("//ul[@class='states']/li")
    known = ask("/outside").json()["sources"]
    assert [one.find("a").text for one in shown] == [one["title"] for one in known]
    hosted = [one.find("a").text for one in shown if one.text_content().endswith(": hosted here")]
    assert hosted == [one["title"] for one in known if one["hosted"]]


def test_a_source_that_does_not_answer_is_named_once(site, ask, page, others):
    with others.failing("*", "refused"):
        ask("/match", CATALOG="simbad", POS="10.5,20.5")
    for path in ("/outside", "/"):
        words = page(path).xpath("//*[self::li or self::tr][.//a[text()='SIMBAD']]")[0]
        shown = " ".join(words.text_content().split())
        assert ("SIMBAD" in shown, shown.count("SIMBAD")) == (True, 1)
        assert "does not answer" in shown


@pytest.mark.parametrize(
    ("minutes", "state"),
    [
        (None, ("", "not asked lately")),
        (0, ("good", "answers")),
        (14, ("good", "answers")),
        (16, ("", "answered 16 min ago")),
        (200, ("", "answered 3 h ago")),
        (1439, ("", "answered 23 h ago")),
    ],
)
def test_an_answer_that_is_old_says_when_it_came(minutes, state):
    source = {"hosted": False, "reason": None, "title": "X", "asked_at": None}
    if minutes is not None:
        source["asked_at"] = iso(time.time() - 60 * minutes - 5)
    assert said(source) == state
    assert said(source | {"hosted": True}) == ("good", "hosted here")
    reason = {"reason": "X does not answer (X)"}
    assert said(source | reason) == ("bad", "does not answer (X)")


def test_a_small_picture_has_the_good_epochs_of_each_band(site, ask):
    oids = service.HZ_HER_OIDS[:2]
    text = ask(f"/lc/{oids[0]},{oids[1]}.svg").text
    strokes = re.findall(r'stroke="(#\w+)" d="([^"]*)"', text)
    assert len(strokes) == 2
    for oid, (_, marks) in zip(oids, strokes, strict=True):
        lines = csv.DictReader(io.StringIO(ask(f"/lc/{oid}.csv", QUALITY="good").text))
        hmjd = sorted(float(line["hmjd"]) for line in lines)
        across = [int(x) for x in re.findall(r"M(-?\d+)", marks)]
        assert len(across) <= len(hmjd)
        assert len(across) > 0.7 * len(hmjd)
        assert (min(across), max(across)) == (4, 236) or oid != oids[0]
        assert all(0 <= int(y) <= 80 for y in re.findall(r" (-?\d+)h0", marks))
    folded = ask(f"/lc/{oids[0]}.svg", PERIOD="1.700167").text
    assert folded != ask(f"/lc/{oids[0]}.svg").text
    assert ask("/lc/7.svg").status_code == 400


def test_brighter_is_up_in_a_small_picture(ask):
    oid = 633207400004730  # a supernova, which rises to its maximum and fades
    lines = list(csv.DictReader(io.StringIO(ask(f"/lc/{oid}.csv", QUALITY="good").text)))
    brightest = min(lines, key=lambda line: float(line["mag"]))
    hmjd = [float(line["hmjd"]) for line in lines]
    x = 4 + 232 * (float(brightest["hmjd"]) - min(hmjd)) / (max(hmjd) - min(hmjd))
    marks = re.findall(r"M(\d+) (\d+)h0", ask(f"/lc/{oid}.svg").text)
    top = min(marks, key=lambda mark: int(mark[1]))
    assert int(top[0]) == pytest.approx(x, abs=1)


def test_about_has_bibtex_and_the_licences_of_libraries(site, page):
    document = page("/about")
    text = document.xpath("//h2[@id='cite']/following::pre")[0].text_content()
    entries = re.findall(r"@article\{([^,]+),", text)
    assert entries == ["2019PASP..131a8003M", "2019PASP..131a8002B"]
    assert text.count("{") == text.count("}")
    table = document.xpath("//div[@aria-label='Libraries of the pages']//tbody")[0]
    locked = [line.split() for line in (ROOT / LOCK).read_text().splitlines()]
    used = {words[0]: words[1] for words in locked if "pages" in words[2:3]}
    shown = [row.xpath("./*/text()|./td/a/text()")[:2] for row in table]
    assert sorted(shown) == sorted([LIBRARIES[name][0], used[name]] for name in used)
    for link in table.xpath(".//a/@href"):
        answer = requests.get(site + link, timeout=60)
        assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (
            200,
            "text/plain",
        )
    assert document.xpath("//h2[@id='licence']")
    titles = set(document.xpath("//h2[@id='others']/following::tbody/tr/th/a/text()"))
    assert {one.title for one in sources().values()} <= titles


def test_links_of_the_pages_lead_somewhere(site, page):
    links = set()
    for path in ("/", "/about", "/help", "/find", "/search"):
        links |= set(page(path).xpath("//a/@href"))
    own = sorted(link.partition("#")[0] for link in links if link.startswith("/"))
    for link in dict.fromkeys(own):
        assert requests.get(site + link, headers=BROWSER, timeout=60).status_code == 200, link


def test_lines_of_help_name_this_site(site, page):
    lines = page("/help").xpath("//*[@data-run]")
    assert len(lines) > 5
    assert all(site in line.text_content() for line in lines)


def test_the_lines_for_python_run(site, page):
    for block in page("/help").xpath("//*[@data-run='python']"):
        names: dict = {}
        exec("import matplotlib; matplotlib.use('agg')\n" + block.text_content(), names)
        if "epochs" in names:
            assert len(names["epochs"]) == names["objects"][0]["nobs"]
            assert len(names["around"]) >= 4
        else:
            assert len(names["good"]) > 100


def test_the_lines_for_curl_run(page):
    for line in page("/help").xpath("//*[@data-run='shell']"):
        command = line.text_content().replace("curl ", "curl --fail --silent --show-error ", 1)
        done = subprocess.run(
            ["sh", "-c", command], capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode, len(done.stdout) > 20) == (0, True), (command, done.stderr)


@pytest.mark.parametrize("path", ["/", "/about", "/help", "/find", "/search?NAME=254.45755 35.342"])
def test_pages_have_a_description_and_a_preview(site, page, path):
    document = page(path)
    (description,) = document.xpath("//meta[@name='description']/@content")
    (title,) = document.xpath("//meta[@property='og:title']/@content")
    assert len(description) > 20
    assert title
    for picture in document.xpath("//meta[@property='og:image']/@content"):
        answer = requests.get(picture, timeout=60)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    if path in ("/", "/search?NAME=254.45755 35.342"):
        assert document.xpath("//meta[@property='og:image']")


def test_only_the_page_of_the_sky_may_ask_hosts_of_surveys_and_only_the_site_may_frame_it(site):
    own = requests.get(f"{site}/sky?RA=1&DEC=2", timeout=60).headers["Content-Security-Policy"]
    hosts = {"{0.scheme}://{0.netloc}".format(urlsplit(one)) for one in get_settings().sky_surveys}
    rules = {rule.split()[0]: set(rule.split()[1:]) for rule in own.split(";")}
    assert hosts <= rules["img-src"]
    assert {one for one in rules["connect-src"] if one.startswith("http")} == hosts
    assert rules["frame-ancestors"] == {"'self'"}
    assert rules["script-src"] == {"'self'", "'wasm-unsafe-eval'"}
    for path in ("/", "/search", "/find", "/about", "/help", "/demo/search"):
        policy = requests.get(site + path, timeout=60).headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert not any(host in policy for host in hosts)


def test_the_chart_has_the_marks_where_they_are(page):
    path = "/sky?RA=180&DEC=60&FOV=0.1&MARK=180,60,here&MARK=180.02,60,a, b&MARK=10,10,far"
    document = page(path)
    marks = document.xpath("//*[local-name()='circle']")
    assert [mark[0].text for mark in marks] == ["here", "a, b"]
    centre, east = ([float(mark.get(axis)) for axis in ("cx", "cy")] for mark in marks)
    assert centre == [200, 200]
    assert east[0] == pytest.approx(200 - 0.02 * 0.5 / 0.1 * 400, abs=0.2)
    assert "1 mark lies beyond" in document.text_content()


def test_the_chart_has_arrows_for_proper_motions(page):
    path = "/sky?RA=180&DEC=60&FOV=0.1&MOTION=180,60,0,100&MOTION=180.01,60,-20,0&MOTION=1,1,1,1"
    document = page(path)
    arrows = document.xpath("//*[local-name()='line'][@class='arrow']")
    north, west = ([float(one.get(end)) for end in ("x1", "y1", "x2", "y2")] for one in arrows)
    assert "proper motions in 300 years" in document.text_content()
    assert north == pytest.approx([200, 200, 200, 200 - 30 / 360 * 400], abs=0.2)
    assert west == pytest.approx([180, 200, 180 + 6 / 360 * 400, 200], abs=0.2)
    ends = json.loads(document.get_element_by_id("stage").get("data-arrows"))
    assert ends[0] == pytest.approx([180, 60, 180, 60 + 30 / 3600])


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "RA is missing"),
        ("RA=1", "DEC is missing"),
        ("RA=1&DEC=95", "DEC=95 is not a number from -90 to 90"),
        ("RA=1&DEC=2&FOV=0", "FOV=0 is not a number"),
        ("RA=1&DEC=2&MARK=1", "MARK=1, is no position"),
        ("RA=1&DEC=2&MOTION=1,2,3", "MOTION=1,2,3 is no proper motion"),
        ("RA=1&DEC=2&MOTION=1,95,3,4", "MOTION=1,95 is no position"),
        ("RA=1&DEC=2&MOTION=1,2,3,1e9", "MOTION=1,2,3,1e9 is no proper motion"),
        ("RA=1&DEC=2&MOTION=1,2,nan,0", "MOTION=1,2,nan,0 is no proper motion"),
        (f"RA=1&DEC=2{'&MOTION=1,2,3,4' * 201}", "MOTION is given 201 times, 200 are the limit"),
        ("RA=1&DEC=2&SURVEY=https://evil.example/hips", "is not one that this site shows"),
        ("RA=1&DEC=2&X=1", "There is no parameter X"),
    ],
)
def test_what_the_sky_cannot_show_is_400(site, query, sentence):
    answer = requests.get(f"{site}/sky?{query}", headers=BROWSER, timeout=60)
    assert (answer.status_code, sentence in answer.text) == (400, True)


@pytest.mark.parametrize(
    ("query", "filled"),
    [("", {}), ("RA=1&FOV=2", {"RA": "1", "FOV": "2"}), ("DEC=-5", {"DEC": "-5"})],
)
def test_the_sky_without_a_place_is_a_form_for_one(site, query, filled):
    document = lxml.html.fromstring(requests.get(f"{site}/sky?{query}", timeout=60).content)
    form = next(one for one in document.forms if one.get("action") == "/sky")
    given = {name: value for name, value in form.fields.items() if value}
    assert (set(form.fields.keys()), given) == ({"RA", "DEC", "FOV"}, filled)
    form.fields["RA"], form.fields["DEC"] = "254.45755", "35.34236"
    shown = requests.get(f"{site}/sky", dict(form.form_values()), timeout=60)
    assert (shown.status_code, "Sky around 254.45755 +35.34236" in shown.text) == (200, True)
