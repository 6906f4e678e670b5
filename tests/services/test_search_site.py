"""What is around a place, and around those of a list: /search."""

from __future__ import annotations

import csv
import io

import lxml.html
import pytest
import requests
from astropy.table import Table
from support import service
from support.cases.sesame import HOST, HZ_HER, NOTHING, PATH
from support.outside import Reply

from ztfvo.resolve import all_rules

OID, OTHER = service.HZ_HER_OIDS[:2]
PLACE = "254.45755 +35.34236"
BROWSER = {"Accept": "text/html,*/*;q=0.8"}


def search(site, name, radius=None, release=""):
    asked = {"NAME": name} | ({} if radius is None else {"RADIUS": radius})
    return requests.get(
        f"{site}{release}/search", asked, headers=BROWSER, timeout=60, allow_redirects=False
    )


def page(answer):
    return lxml.html.fromstring(answer.content)


def texts(document, path):
    return [" ".join(one.text_content().split()) for one in document.xpath(path)]


def rows(document):
    """Rows of light curves: the texts of their cells."""
    found = document.xpath("//table[contains(@class, 'stars')]//tr[td]")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in found]


def send(site, text=None, file=None, radius="2", path="/search"):
    files = {"LIST": file} if file else {"LIST": ("", b"")}
    data = {"RADIUS": radius} | ({"TEXT": text} if text is not None else {})
    return requests.post(f"{site}{path}", data, files=files, headers=BROWSER, timeout=120)


def listed(document):
    """Rows of a list by their numbers."""
    return {int(row[0]): row[1:] for row in all_cells(document)}


def all_cells(document):
    return [
        [" ".join(cell.text_content().split()) for cell in row]
        for row in document.xpath("//table/tbody/tr")
    ]


def test_light_curves_around_a_place_are_grouped_by_star_as_tap_has_them(site, tap):
    document = page(search(site, PLACE, 60))
    asked = tap.search(
        "SELECT oid, filter, ngoodobs, duration, mag_mean, mag_amplitude, source_id,"
        " DISTANCE(ra, dec, 254.45755, 35.34236) * 3600 AS separation FROM ztf.objects"
        " WHERE DISTANCE(ra, dec, 254.45755, 35.34236) <= 60 / 3600."
    ).to_table()
    expected = {
        str(row["oid"]): [
            row["filter"],
            f"{row['separation']:.2f}",
            str(row["ngoodobs"]),
            f"{row['duration']:.1f}",
            f"{row['mag_mean']:.3f}",
            f"{row['mag_amplitude']:.3f}",
        ]
        for row in asked
    }
    shown = {row[0]: row[1:7] for row in rows(document)}
    assert shown == expected
    bodies = [
        {int(oid) for oid in texts(body, "./tr[td]/th")} for body in document.xpath("//table/tbody")
    ]
    assert bodies[0] == set(service.HZ_HER_OIDS)
    by_star = {}
    for row in asked:
        by_star.setdefault(row["source_id"], set()).add(int(row["oid"]))
    assert sorted(map(sorted, bodies)) == sorted(map(sorted, by_star.values()))
    separations = [float(row[2]) for row in rows(document)]
    firsts = [float(texts(body, "./tr[td]/td")[1]) for body in document.xpath("//table/tbody")]
    assert (firsts, len(separations)) == (sorted(firsts), len(expected))


def test_the_page_says_how_the_text_was_read(site):
    facts = texts(page(search(site, PLACE)), "//dl[@class='place']/dd")
    assert facts[0] == "254.457550 +35.342360"
    assert facts[1] == all_rules()["coordinates"].TITLE
    assert "exact" in facts[2]


@pytest.mark.parametrize(
    "name", ["galactic 58.14901 37.52303", f"J2000 {PLACE}", "ra=254.45755 dec=35.34236"]
)
def test_a_position_with_words_finds_what_is_there(site, others, name):
    document = page(search(site, name))
    assert {int(row[0]) for row in rows(document)} == set(service.HZ_HER_OIDS)
    assert others.asked == []


def test_downloads_have_what_the_page_shows(site):
    document = page(search(site, PLACE, 10))
    shown = sorted(row[0] for row in rows(document))
    links = {
        link.text_content(): link.get("href")
        for link in document.xpath("//ul[contains(@class, 'actions')]/li[2]/a")
    }
    table = Table.read(io.BytesIO(requests.get(site + links["VOTable"], timeout=60).content))
    assert sorted(map(str, table["oid"])) == shown
    lines = csv.DictReader(io.StringIO(requests.get(site + links["CSV"], timeout=60).text))
    assert sorted(line["oid"] for line in lines) == shown
    (curves,) = document.xpath("//ul[contains(@class, 'actions')]/li[3]/a[text()='CSV']/@href")
    epochs = csv.DictReader(io.StringIO(requests.get(site + curves, timeout=60).text))
    assert sorted({line["oid"] for line in epochs}) == shown
    (sent,) = document.xpath("//button/@data-samp")
    assert sent.startswith(site)
    again = Table.read(io.BytesIO(requests.get(sent, timeout=60).content))
    assert sorted(map(str, again["oid"])) == shown


@pytest.mark.parametrize(
    ("name", "release", "leads"),
    [
        (str(OID), "", f"/view/{OID}"),
        (f" OID {OID} ", "", f"/view/{OID}"),
        (str(OID), "/demo", f"/demo/view/{OID}"),
        (f"oid:{OID}", "", f"/view/{OID}"),
        (f"{OID}, {OTHER}", "", f"/view/{OID},{OTHER}"),
        (f"{OTHER} {OID}", "/demo", f"/demo/view/{OTHER},{OID}"),
    ],
)
def test_an_oid_leads_to_its_page(site, name, release, leads):
    answer = search(site, name, release=release)
    assert (answer.status_code, answer.headers["Location"]) == (303, leads)


@pytest.mark.parametrize(
    "name",
    [
        *("400 10", "1234", "a" * 300, "?", "12:61:00 +10:00:00"),
        *("B1950 16:56:01 +35:25:00", "nan nan", "az=10.5 alt=20.5", "ra=254.45"),
    ],
)
def test_what_cannot_be_read_is_400_with_what_can(site, others, name):
    answer = search(site, name)
    document = page(answer)
    assert (answer.status_code, others.asked) == (400, [])
    assert document.xpath("//*[@role='alert']")
    ways = texts(document, "//tbody/tr/td[1]")
    assert ways == [rule.TITLE for rule in all_rules().values()]
    assert "Try again" not in answer.text


@pytest.mark.parametrize("radius", ["0", "-1", "601", "x", "NaN", "1e9"])
def test_a_radius_beyond_the_limit_is_400_and_says_the_limit(site, radius):
    answer = search(site, PLACE, radius)
    said = page(answer).xpath("//*[@role='alert']")[0].text_content()
    assert (answer.status_code, said) == (
        400,
        f"RADIUS={radius} is not a number from 0.01 to 600.",
    )


def test_a_name_that_nobody_knows_is_404_and_says_so(site, others):
    others.answer(HOST, PATH, Reply(NOTHING, "text/xml"))
    answer = search(site, "Nobody's star")
    assert answer.status_code == 404
    assert "nobody knows it" in answer.text
    assert "Nobody&#39;s star is not known" in answer.text


def test_a_resolver_that_is_down_is_503_and_positions_still_work(site, others):
    with others.failing("*", "500"):
        answer = search(site, "Her X-1")
        position = search(site, PLACE)
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (503, True)
    assert "CDS Sesame answers 500" in answer.text
    (again,) = page(answer).xpath("//p[@class='note']/a/@href")
    assert requests.get(site + again, timeout=60).status_code == 200
    assert position.status_code == 200


def test_a_name_leads_to_the_place_that_cds_says(site, others):
    others.answer(HOST, PATH, Reply(HZ_HER, "text/xml"))
    document = page(search(site, "Her X-1"))
    assert "Simbad as V* HZ Her, named" in texts(document, "//dl[@class='place']/dd")[2]
    assert {int(row[0]) for row in rows(document)} == set(service.HZ_HER_OIDS)


def test_the_names_of_the_front_page_are_found_while_nobody_outside_answers(site, others):
    shown = page(requests.get(site, headers=BROWSER, timeout=60))
    names = texts(shown, "//ul[@aria-labelledby='examples']/li/a")
    assert {"HZ Her", "M31N 2013-11b"} <= set(names)
    with others.failing("*", "refused"):
        answers = {name: search(site, name) for name in names}
    assert {answer.status_code for answer in answers.values()} == {200, 303}
    assert others.asked == []
    facts = texts(page(answers["HZ Her"]), "//dl[@class='place']/dd")
    assert facts[1] == all_rules()["name"].TITLE
    assert facts[2] == "GCVS, VSX, named"


def test_where_nothing_is_the_nearest_is_named_and_whether_the_place_is_covered(site, tap):
    answer = search(site, "254.3 +35.3")
    (nearest,) = tap.search(
        "SELECT TOP 1 oid, DISTANCE(ra, dec, 254.3, 35.3) * 3600 AS separation FROM ztf.objects"
        " WHERE DISTANCE(ra, dec, 254.3, 35.3) < 0.1 ORDER BY separation"
    )
    text = page(answer).xpath("//p[@class='note']")[0].text_content()
    assert answer.status_code == 404
    assert f"The nearest is {nearest['oid']}" in " ".join(text.split())
    assert f"{nearest['separation']:.2f}″ away" in text
    assert "The release covers the place" in text
    (further,) = page(answer).xpath("//a[@class='button']/@href")
    assert str(nearest["oid"]) in requests.get(site + further, timeout=60).text


@pytest.mark.parametrize("place", ["1 -80", "0 +89.9999", "0 -90", "359.99999 -60", "360 -60"])
def test_a_place_beyond_the_release_says_that_it_is_not_covered(site, place):
    answer = search(site, place)
    assert (answer.status_code, "does not cover the place" in answer.text) == (404, True)


def test_texts_of_people_are_escaped(site, others):
    others.answer(HOST, PATH, Reply(NOTHING, "text/xml"))
    for answer in (
        search(site, '<script>alert("x")</script>'),
        send(site, '<script>alert("x")</script>\n<b>1'),
    ):
        document = page(answer)
        assert not document.xpath("//script[not(@src)]")
        assert '<script>alert("x")</script>' in document.text_content() or (
            "<script>" in document.xpath("//textarea")[0].text
        )


def test_an_unknown_release_is_404(site):
    answer = search(site, PLACE, release="/other")
    assert (answer.status_code, "There is no release" in answer.text) == (404, True)


def test_without_a_name_the_page_has_the_forms(site):
    answer = requests.get(f"{site}/search", headers=BROWSER, timeout=60)
    assert answer.status_code == 200
    methods = {form.method for form in page(answer).forms}
    assert methods == {"GET", "POST"}


def test_pasted_lines_are_each_found_empty_unavailable_or_faulty(site, others):
    lines = [str(OID), "247.45543 +24.77282", "Her X-1", "400 10", "1 -80", "SNAD103"]
    with others.failing("*", "500"):
        answer = send(site, "\n".join(lines))
    found = listed(page(answer))
    assert answer.status_code == 200
    assert [found[number][0] for number in sorted(found)] == lines
    assert found[1][2].startswith("ZTF J165749.81+352032.4")
    assert found[2][2].startswith("ZTF J162949.30+244622.1")
    assert "cannot be looked up now" in found[3][1]
    assert "is not a position" in found[4][1]
    assert "nothing within 2″" in found[5][2]
    assert found[6][2].startswith("ZTF J143921")


def test_a_csv_and_a_votable_give_the_same(site):
    names, ra, dec = ["a", "b", "c"], [254.45755, 247.45543, 1.0], [35.34236, 24.77282, -80.0]
    table = Table({"id": names, "ra": ra, "dec": dec})
    text, xml = io.StringIO(), io.BytesIO()
    table.write(text, format="csv")
    table.write(xml, format="votable")
    answers = [
        send(site, file=("list.csv", text.getvalue().encode(), "text/csv")),
        send(site, file=("list.vot", xml.getvalue(), "application/octet-stream")),
        send(site, text.getvalue()),
    ]
    assert [one.status_code for one in answers] == [200, 200, 200]
    first, *others_ = [listed(page(one)) for one in answers]
    assert others_ == [first, first]
    assert [first[number][0] for number in (1, 2, 3)] == names
    assert "nothing within" in first[3][2]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_cells_of_a_list_may_have_commas_semicolons_or_tabs_between(site, delimiter):
    rows = [["id", "RA", "Dec"], ["a", "254.45755", "35.34236"], ["b", "x", "1"], ["c", "", "95"]]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    answers = [send(site, text), send(site, file=("list.csv", text.encode(), "text/csv"))]
    first, second = (listed(page(one)) for one in answers)
    assert first == second
    assert [first[number][0] for number in (1, 2, 3)] == ["a", "b", "c"]
    assert first[1][2].startswith("ZTF J165749.81+352032.4")
    assert "The row has no position: ra x, dec 1." in first[2][1]
    assert "The row has no position: ra empty, dec 95." in first[3][1]


def test_one_is_singular(site):
    def said(text):
        return " ".join(texts(page(send(site, text)), "//main/p"))

    assert "1 of 1 row has light curves within 2″" in said("254.45755 +35.34236")
    assert "1 of 2 rows have light curves within 2″" in said(f"{OID}\n1 -80")


def test_light_curves_of_a_list_are_one_download_and_its_table_another(site):
    document = page(send(site, f"{OID}\n247.45543 +24.77282"))
    sync, curves = document.xpath("//div[contains(@class, 'actions')]/form")
    got = requests.post(
        site + curves.action, dict(curves.form_values()) | {"RESPONSEFORMAT": "csv"}, timeout=60
    )
    oids = {line["oid"] for line in csv.DictReader(io.StringIO(got.text))}
    assert {str(OID), "633207400004730"} <= oids
    table = requests.post(
        site + sync.action, dict(sync.form_values()) | {"RESPONSEFORMAT": "csv"}, timeout=60
    )
    assert {line["oid"] for line in csv.DictReader(io.StringIO(table.text))} == oids


def test_a_list_with_more_light_curves_than_one_request_takes_is_downloaded_by_tap(site, tap):
    some = tap.search("SELECT TOP 160 oid, ra, dec FROM ztf.objects WHERE nobs < 20").to_table()
    text = io.StringIO()
    some["ra", "dec"].write(text, format="csv")
    document = page(send(site, text.getvalue(), radius="0.5"))
    _, epochs = document.xpath("//div[contains(@class, 'actions')]/form")
    assert epochs.action == "/tap/sync"
    got = requests.post(
        site + epochs.action, dict(epochs.form_values()) | {"RESPONSEFORMAT": "csv"}, timeout=120
    )
    there = {line["oid"] for line in csv.DictReader(io.StringIO(got.text))}
    assert set(map(str, some["oid"])) <= there


@pytest.mark.parametrize(
    ("text", "file", "sentence"),
    [
        ("", None, "The list is empty"),
        ("a\n", ("list.csv", b"ra,dec\n1,2\n", "text/csv"), "send one list at a time"),
        (None, ("list.csv", b"x,y\n1,2\n", "text/csv"), "has no columns of right ascension"),
        (None, ("list.csv", b"\x7fELF\xda\x00", "text/csv"), "it is a binary file, or a text in"),
        (None, ("list.csv", b"id,ra,dec\n", "text/csv"), "has names of columns, and no rows"),
        ("ra;dec\n", None, "has names of columns, and no rows"),
        (None, ("list.vot", b"<VOTABLE", "text/xml"), "is not a VOTable"),
        (None, ("list.txt", b"\xff\xfe", "text/plain"), "is not a text in UTF-8"),
        ("\n".join(f"star {n}" for n in range(60)), None, "50 are the limit"),
        ("\n".join(["1 2"] * 1001), None, "1000 are the limit"),
    ],
)
def test_a_list_that_cannot_be_read_is_400_with_the_remedy(site, others, text, file, sentence):
    answer = send(site, text, file)
    assert (answer.status_code, sentence in answer.text) == (400, True), answer.text
    assert others.asked == []


def test_a_list_is_compared_with_the_release_of_the_address(site):
    answer = send(site, str(OID), path="/demo/search")
    (link, *_) = page(answer).xpath("//tbody/tr/td/a/@href")
    assert link.startswith("/demo/view/")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/search/254.45755 35.34236/1", "/search?NAME=254.45755+35.34236&RADIUS=1"),
        ("/demo/search/HZ Her/1.5", "/demo/search?NAME=HZ+Her&RADIUS=1.5"),
        ("/latest/search/SNAD101/1", "/search?NAME=SNAD101&RADIUS=1"),
        ("/tags", "/kdb/tags"),
        ("/anomalies", "/kdb/"),
        ("/akb", "/kdb/"),
        ("/login", "/kdb/login"),
        ("/demo/", "/"),
        ("/demo", "/"),
        ("/latest/", "/"),
        (f"/view/{OID}/", f"/view/{OID}"),
        (f"/demo/view/{OID},{OTHER}/?PERIOD=1.7", f"/demo/view/{OID},{OTHER}?PERIOD=1.7"),
        (f"/view/{OID}/short", f"/view/{OID}?TIME=short"),
        (f"/demo/view/{OID}/short", f"/demo/view/{OID}?TIME=short"),
        (
            f"/demo/view/{OID}?min_mjd=58300&lc=gaia,unheard&lc=tess",
            f"/demo/view/{OID}?TIME=58300.0+Inf&WITH=gaia%2Ctess",
        ),
        (f"/view/{OID}?max_mjd=58300.5", f"/view/{OID}?TIME=-Inf+58300.5"),
    ],
)
def test_pages_of_the_viewer_lead_to_those_of_this_site(site, old, new):
    answer = requests.get(site + old, timeout=60, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (301, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"/dr13/view/{OID}", f"/view/{OID}"),
        (f"/dr13/view/{OID},{OTHER}?PERIOD=1.7", f"/view/{OID},{OTHER}?PERIOD=1.7"),
        (f"/dr13/view/{OID}?min_mjd=58300", f"/view/{OID}?TIME=58300.0+Inf"),
        (f"/dr13/view/{OID}/short", f"/view/{OID}?TIME=short"),
        (f"/dr13/figure/{OID}?format=pdf", f"/latest/figure/{OID}?format=pdf"),
        (f"/dr13/figure/{OID}/folded/1.7", f"/latest/figure/{OID}/folded/1.7"),
        (f"/dr13/csv/{OID}", f"/latest/csv/{OID}"),
        (f"/dr13/features/{OID}", f"/latest/features/{OID}"),
        ("/dr13/search/SNAD101/1", "/search?NAME=SNAD101&RADIUS=1"),
    ],
)
def test_a_public_release_that_is_not_here_leads_to_the_same_of_the_default_one(site, old, new):
    """Asked as scripts and as browsers do; the way may have several steps."""
    for headers in ({}, BROWSER):
        answer = requests.get(site + old, headers=headers, timeout=60)
        moved = [one.headers["Location"] for one in answer.history]
        assert (answer.status_code, moved[-1]) == (200, new)
        assert 307 in [one.status_code for one in answer.history]


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/dr13", "dr13"),
        ("/dr13/", "dr13"),
        (f"/dr13/view/{OID + 1}", "dr13"),
        (f"/dr13/view/{OID},{OID + 1}", "dr13"),
        (f"/dr13/csv/{OID + 1}", "dr13"),
        (f"/other/view/{OID}", "other"),
        (f"/dr13/lc/{OID}.csv", "dr13"),
    ],
)
def test_a_release_that_is_not_here_is_404_and_leads_to_those_that_are(site, path, named):
    answer = requests.get(site + path, headers=BROWSER, timeout=60, allow_redirects=False)
    links = page(answer).xpath("//main//a/@href")
    assert (answer.status_code, "/demo/search" in links) == (404, True)
    assert f"There is no release &#39;{named}&#39;. There are: demo" in answer.text


def test_own_photometry_is_sent_on_to_the_release_that_is_here(site):
    own = {"My data": [{"mjd": 58300.1, "mag": 14.2, "magerr": 0.02, "filter": "V"}]}
    drawn = [
        requests.post(f"{site}/{name}/figure/{OID}", json=own, timeout=60).content
        for name in ("dr13", "latest")
    ]
    plain = requests.get(f"{site}/latest/figure/{OID}", timeout=60).content
    assert drawn[0] == drawn[1] != plain


@pytest.mark.parametrize("path", ["/xyz", "/xyz/", "/static", "/x1_y/"])
def test_a_word_that_is_no_release_is_no_address(site, path):
    assert requests.get(site + path, timeout=60, allow_redirects=False).status_code == 404


@pytest.mark.parametrize("word", ["first", "last", "peak"])
def test_the_image_that_the_viewer_shows_is_the_epoch_of_the_page(site, ask, word):
    lines = ask(f"/lc/{OID}.csv", QUALITY="good", TIME="58300 58700").text.splitlines()
    names, *epochs = (line.split(",") for line in lines)
    hmjd, mag = names.index("hmjd"), names.index("mag")
    order = {"first": lambda one: float(one[hmjd]), "last": lambda one: -float(one[hmjd])}
    (expected, *_) = sorted(epochs, key=order.get(word, lambda one: float(one[mag])))
    answer = ask(f"/view/{OID}", min_mjd="58300", max_mjd="58700", fits=word)
    shown = answer.headers["Location"].rpartition("SHOW=")[2]
    assert shown == f"{OID}-{float(expected[hmjd]):.5f}"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/view/{OID}?min_mjd=59000&max_mjd=58000", 400),
        (f"/view/{OID}?min_mjd=x", 400),
        ("/view/<script>/short", 400),
        ("/view/é?fits=first", 400),
    ],
)
def test_addresses_of_the_viewer_that_cannot_be_used_are_refused(site, path, status):
    answer = requests.get(site + path, headers=BROWSER, timeout=60, allow_redirects=False)
    assert answer.status_code == status
