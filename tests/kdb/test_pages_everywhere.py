"""Pages: what holds for all of them."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import OperationalError
from support.files import ROOT
from support.kdb import ROLES
from support.pages import Browser

import kdb.pages
from kdb.accounts.models import Token

OID = 633207400004730
BARE = 633207400004731
STYLE = Path(kdb.pages.__file__).parent / "static/pages/pages.css"
SHEET = ROOT / "resources/ztfvo/web/static/site.css"

# Status for: anonymous, reader, expert, editor, administrator; and for anonymous when closed.
TABLE = {
    "/": (200, 200, 200, 200, 200, 302),
    "/?tag=SN": (200, 200, 200, 200, 200, 302),
    "/?tag=nothing": (400, 400, 400, 400, 400, 302),
    f"/objects/{OID}": (200, 200, 200, 200, 200, 302),
    f"/objects/{BARE}": (200, 200, 200, 200, 200, 302),
    "/objects/7": (404, 404, 404, 404, 404, 302),
    f"/objects/{OID}/delete": (302, 403, 200, 200, 200, 302),
    "/queue": (302, 403, 200, 200, 200, 302),
    f"/queue?oids={OID}": (302, 403, 200, 200, 200, 302),
    "/queue?tag=nothing": (302, 403, 400, 400, 400, 302),
    "/queue/1": (302, 403, 200, 200, 200, 302),
    "/queue/3": (302, 403, 404, 404, 404, 302),
    "/queue/list": (405, 405, 405, 405, 405, 405),
    "/tags": (200, 200, 200, 200, 200, 302),
    "/tags-order": (302, 302, 302, 302, 302, 302),
    "/tags/SN": (200, 200, 200, 200, 200, 302),
    "/tags/nothing": (404, 404, 404, 404, 404, 302),
    "/tags/SN/merge?into=EA": (302, 403, 403, 200, 200, 302),
    "/tags/SN/retire": (302, 403, 403, 200, 200, 302),
    "/login": (200, 302, 302, 302, 302, 200),
    "/logout": (405, 405, 405, 405, 405, 405),
    "/account": (302, 200, 200, 200, 200, 302),
    "/account/password": (302, 302, 302, 302, 302, 302),
    "/account/tokens/mine/revoke": (405, 405, 405, 405, 405, 405),
    "/users": (302, 403, 403, 403, 200, 302),
    "/users/expert@example.org": (302, 403, 403, 403, 200, 302),
    "/users/nobody": (302, 403, 403, 403, 404, 302),
    "/users/expert@example.org/password": (405, 405, 405, 405, 405, 405),
    "/nothing": (404, 404, 404, 404, 404, 404),
}

# Status of a form that is sent: as above, without the closed service.
SENT = {
    (f"/objects/{BARE}", ("release", "dr19")): (401, 403, 302, 302, 302),
    (f"/objects/{OID}/delete", ("release", "dr19")): (401, 403, 409, 409, 409),
    ("/queue", ("oids", str(BARE))): (401, 403, 400, 400, 400),
    ("/queue/1", ("do", "skip")): (401, 403, 302, 302, 302),
    ("/tags", ("name", "X")): (401, 403, 403, 302, 302),
    ("/tags-order", ("order-SN", "7")): (401, 403, 403, 302, 302),
    ("/tags/SN", ("name", "X")): (401, 403, 403, 302, 302),
    ("/tags/SN/merge", ("into", "EA")): (401, 403, 403, 302, 302),
    ("/tags/SN/retire", ("retired", "true")): (401, 403, 403, 302, 302),
    ("/logout", ("x", "")): (401, 302, 302, 302, 302),
    ("/account", ("name", "t")): (401, 201, 201, 201, 201),
    ("/account/tokens/mine/revoke", ("x", "")): (401, 404, 302, 404, 404),
    ("/users", ("login", "x")): (401, 403, 403, 403, 400),
    ("/users/reader@example.org", ("public_name", "R")): (401, 403, 403, 403, 400),
    ("/users/nobody/password", ("x", "")): (401, 403, 403, 403, 404),
    ("/", ("x", "")): (405, 405, 405, 405, 405),
}


@pytest.fixture
def scene(browsers, expert, people, tags):
    """A record with a history, some tags, a token of the expert, and queues."""
    first = expert.annotate(OID, "SN", description="first")
    expert.annotate(OID, "SN", "EA", description="second", based_on=first["id"])
    Token.objects.create(user=people["expert"], prefix="kdb_", name="mine")
    for role in ("expert", "editor", "administrator"):
        browsers[role].post("/queue", oids=f"{OID} {BARE}", release="dr19")


@pytest.mark.parametrize("path", TABLE)
def test_each_role_sees_what_the_table_says(browsers, scene, option, path):
    for role, status in zip(ROLES, TABLE[path], strict=False):
        assert browsers[role].get(path, follow=False).status == status, role
    option(open_reading=False)
    assert Browser().get(path, follow=False).status == TABLE[path][5]


@pytest.mark.parametrize("sent", SENT, ids=lambda sent: sent[0])
@pytest.mark.parametrize("place", range(5), ids=ROLES)
def test_each_role_does_what_the_table_says(browsers, scene, sent, place):
    path, (name, value) = sent
    answer = browsers[ROLES[place]].post(path, description="x", **{name: value})
    assert answer.status == SENT[sent][place]


@pytest.mark.parametrize("sent", SENT, ids=lambda sent: sent[0])
def test_no_form_is_taken_without_its_token(browsers, scene, sent):
    path, (name, value) = sent
    for values in ({}, {"csrfmiddlewaretoken": "x" * 64}):
        answer = browsers["administrator"].visitor.client.post(path, {name: value} | values)
        assert answer.status_code == 403
        assert "The request was refused" in answer.content.decode()
        assert answer["Content-Type"].startswith("text/html")


def pages(browsers):
    """All pages there are, as the roles see them that see them differently."""
    for path in TABLE:
        for role in ("anonymous", "expert", "administrator"):
            page = browsers[role].get(path, follow=False)
            if page.status != 302:
                yield f"{role} {path}", page


def test_every_page_forbids_scripts_and_foreign_frames(browsers, scene):
    seen = 0
    for name, page in pages(browsers):
        headers = page.response.headers
        rules = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
        if page.tree.xpath("//script"):
            assert rules.pop("script-src") == "'self'"
        assert rules == {
            "default-src": "'none'", "style-src": "'self'", "img-src": "'self'",
            "form-action": "'self'", "base-uri": "'none'", "frame-ancestors": "'none'",
        }, name  # fmt: skip
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Frame-Options"] == "DENY"
        assert "private" in headers["Cache-Control"]
        seen += 1
    assert seen > 40


def test_no_page_needs_scripts_or_styles_of_its_own(browsers, scene):
    for name, page in pages(browsers):
        tree = page.tree
        assert not tree.xpath("//style|//@style|//iframe|//object|//embed"), name
        scripts = ["/kdb/static/pages/queue.js"] if name.endswith("/queue/1") else []
        assert tree.xpath("//script/@src") == scripts, name
        assert not tree.xpath("//script[not(@src)]"), name
        assert not [a for a in tree.xpath("//@*") if a.attrname.startswith("on")], name
        assert tree.xpath("//link/@href") == ["/kdb/static/pages/pages.css"], name
        assert not [a for a in tree.xpath("//@href|//@src|//@action") if "//" in a], name


def test_every_input_has_a_label_and_every_name_its_place(browsers, scene):
    inputs = 0
    for name, page in pages(browsers):
        tree = page.tree
        ids = tree.xpath("//@id")
        assert len(ids) == len(set(ids)), name
        labelled = set(tree.xpath("//label[normalize-space()]/@for"))
        for field in tree.xpath("//input[not(@type='hidden')]|//select|//textarea"):
            known = field.get("id") in labelled or field.get("aria-label")
            assert known, (name, field.get("name"))
            inputs += 1
        assert labelled <= set(ids), name
        for shown in tree.xpath("//@aria-describedby|//@aria-labelledby|//@list"):
            assert set(shown.split()) <= set(ids), (name, shown)
        assert all(part.text_content().strip() for part in tree.xpath("//button|//a")), name
    assert inputs > 150


def test_every_page_has_its_outline(browsers, scene):
    for name, page in pages(browsers):
        tree = page.tree
        assert tree.get("lang") == "en", name
        assert len(tree.xpath("//h1")) == 1, name
        assert tree.find(".//title").text.endswith(" · Knowledge database"), name
        assert len(tree.find(".//title").text) > len(" · Knowledge database"), name
        first = tree.xpath("//body//a")[0]
        assert (first.get("class"), first.get("href")) == ("skip", "#content"), name
        assert len(tree.xpath("//main[@id='content']")) == 1, name
        levels = [int(part.tag[1]) for part in tree.xpath("//h1|//h2|//h3")]
        assert all(b - a <= 1 for a, b in pairwise(levels)), name
        for table in tree.xpath("//table"):
            assert table.xpath("normalize-space(./caption)"), name
            assert all(cell.get("scope") for cell in table.xpath(".//th")), name


def test_every_form_says_where_it_goes(browsers, scene):
    for name, page in pages(browsers):
        for form in page.tree.xpath("//form"):
            assert form.get("action").startswith("/kdb/"), name
            tokens = form.xpath(".//input[@name='csrfmiddlewaretoken']")
            assert len(tokens) == (1 if form.get("method") == "post" else 0), name


@pytest.mark.parametrize("place", [0, 1], ids=["light", "dark"])
def test_colours_can_be_read(place):
    both = re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]+), (#[0-9a-f]+)\)", SHEET.read_text())
    colour = {name: whole(values[place]) for name, *values in both}
    (share,) = re.findall(r"\.tag .*?var\(--link\) (\d+)%, var\(--card\)", STYLE.read_text(), re.S)
    colour["tag"] = mixed(colour["link"], colour["card"], int(share) / 100)
    pairs = [
        (text, ground)
        for text in ("text", "quiet", "link", "bad", "good", "accent")
        for ground in ("ground", "card")
    ]
    pairs += [("text", "tag"), ("link", "tag"), ("text", "note"), ("chosen-text", "chosen")]
    # WCAG 2.2, 1.4.3: 4.5 for text.
    assert min((contrast(colour[a], colour[b]), a, b) for a, b in pairs)[0] >= 4.5


def whole(colour: str) -> str:
    """Return a colour as #rrggbb."""
    return colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])


def mixed(one: str, other: str, share: float) -> str:
    """Return a colour with a share of one, the rest of the other, as browsers mix them in sRGB."""
    parts = [(int(one[at : at + 2], 16), int(other[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in parts)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, relative luminance)."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour written #rrggbb (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize(
    ("path", "status", "shown"),
    [
        ("/nothing", 404, "There is nothing at this address."),
        ("/tags/%00", 400, "There is a NUL in the address."),
        ("/objects/%3Cscript%3E", 404, "'<script>' is not an OID"),
        ("/objects/%ff", 404, "is not an OID"),
        ("/tags/..%2f..%2fapi", 404, "There is nothing at this address."),
    ],
)
def test_errors_are_pages(browsers, path, status, shown):
    page = browsers["anonymous"].get(path)
    assert page.status == status
    assert shown in page.faults()
    assert page.link("To the annotated objects") == "/kdb/"
    assert not page.tree.xpath("//script")


def test_errors_of_the_api_stay_json(anyone):
    assert anyone.get("nothing/").json() == {"detail": "There is nothing at this address."}
    assert anyone.get("tags/%00/").json() == {"detail": "There is a NUL in the address."}


def test_a_body_that_is_too_large_is_refused(browsers):
    values = {"description": "x" * 300_000}
    page = browsers["expert"].post(f"/objects/{BARE}", **values)
    assert (page.status, page.heading) == (413, "Too large")


def test_a_failure_is_a_page_that_shows_nothing(browsers, monkeypatch):
    def fail(*_):
        raise RuntimeError("password=hunter2")

    client = browsers["anonymous"].visitor.client
    client.raise_request_exception = False
    monkeypatch.setattr("kdb.pages.views.objects.selection", fail)
    page = browsers["anonymous"].get("/")
    assert (page.status, page.heading) == (500, "The service failed")
    assert "The service failed; the operator's log says why." in page.faults()
    assert "hunter2" not in page.source
    assert "default-src 'none'" in page.response["Content-Security-Policy"]


@pytest.mark.parametrize("role", ["anonymous", "expert"])
def test_a_database_that_does_not_answer_is_reported(browsers, monkeypatch, role):
    browsers[role].get("/")

    def fail(*_):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", fail)
    page = browsers[role].get("/")
    assert (page.status, page.heading) == (503, "Not available now")
    assert "The database does not answer: try again in a minute." in page.faults()
    assert page.response["Retry-After"] == "60"


def test_too_many_requests_have_to_wait(browsers, monkeypatch):
    monkeypatch.setattr("rest_framework.throttling.AnonRateThrottle.rate", "2/min", raising=False)
    found = [browsers["anonymous"].get("/") for _ in range(3)]
    assert [page.status for page in found] == [200, 200, 429]
    assert found[2].heading == "Too often"
    assert 1 <= int(found[2].response["Retry-After"]) <= 60


@pytest.mark.parametrize("path", ["/", f"/objects/{OID}", "/tags/SN", "/nothing"])
def test_a_page_counts_as_one_request(scene, monkeypatch, path):
    monkeypatch.setattr("rest_framework.throttling.AnonRateThrottle.rate", "2/min", raising=False)
    browser = Browser()
    assert 429 not in [browser.get(path).status for _ in range(2)]
    assert browser.get("/tags").status == (200 if path == "/nothing" else 429)


@pytest.mark.parametrize(
    ("role", "path", "shown"),
    [
        ("reader", f"/objects/{OID}/delete", "Only experts may annotate"),
        ("expert", "/tags/SN/merge", "Only tag editors may change tags"),
        ("editor", "/users", "Only administrators may see and change users"),
    ],
)
def test_a_role_that_is_lacking_is_named(browsers, scene, role, path, shown):
    page = browsers[role].get(path)
    assert (page.status, page.heading) == (403, "Not allowed")
    assert shown in page.faults()
