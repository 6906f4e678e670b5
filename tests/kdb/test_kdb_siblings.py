"""The other OIDs of a star, from a TAP service: by its source, and by position."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from django.core.cache import cache
from django.utils import timezone
from support import service
from support.kdb import new_oid
from support.service import HZ_HER_OIDS

from kdb.annotations.models import Neighbours
from kdb.annotations.siblings import tidy


class Peer:
    """A server in place of a TAP service, for the ways in which one can fail."""

    def __init__(self):
        self.asked, self.answer, self.wait, self.status = [], "asked,other,by_source\n", 0.0, 200
        self.releases, self.lightcurves = (200, "oid\n1\n"), []
        self.knows_all, self.pairs = False, ()
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = parse_qs(body)
                if " AS other, " not in form["QUERY"][0]:
                    return self.tell_of_a_release(form["QUERY"][0])
                peer.asked.append(form)
                time.sleep(peer.wait)
                self.send_response(peer.status)
                self.send_header("Location", "http://localhost:1/elsewhere")
                self.end_headers()
                answer = peer.answer
                oids = peer.asked[-1]["QUERY"][0].split("IN (")[1].split(")")[0].split(", ")
                answer += "".join(
                    f"{one},{other},1\n" for one, other in peer.pairs if str(one) in oids
                )
                if peer.knows_all:
                    answer += "".join(f"{oid},{oid},1\n" for oid in oids)
                self.wfile.write(answer.encode())

            def tell_of_a_release(self, query):
                peer.lightcurves.append(query)
                time.sleep(peer.wait)
                self.send_response(peer.releases[0])
                self.end_headers()
                self.wfile.write(peer.releases[1].encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/tap"


@pytest.fixture
def peer(option):
    made = Peer()
    option(tap_url=made.url, tap_seconds=0.5)
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def star(peer):
    """Three OIDs of one source, and one of another."""
    oids = [new_oid() for _ in range(4)]
    pairs = [(one, other) for one in oids[:3] for other in oids[:3]] + [(oids[3], oids[3])]
    peer.pairs = {(one, other) for one, other in pairs}
    return oids


def test_labels_follow_the_star_and_are_marked(expert, anyone, tags, star):
    expert.annotate(star[1], "SN", description="here")
    expert.annotate(star[3], "VAR")
    state = anyone.get(f"objects/{star[0]}/").json()
    assert (state["state"], state["current"]) == ("none", None)
    assert (state["same_star"], state["siblings_from"]) == ([star[1], star[2]], "sources")
    (sibling,) = state["siblings"]
    assert (sibling["oid"], sibling["tags"], sibling["sibling"]) == (star[1], ["SN"], True)
    assert (sibling["description"], sibling["author"]) == ("here", "The expert")
    own = anyone.get(f"objects/{star[1]}/").json()
    assert (own["current"]["tags"], own["siblings"]) == (["SN"], [])
    assert "sibling" not in own["current"]


def test_deleted_and_private_records_do_not_follow(visitors, expert, star):
    first = expert.annotate(star[1])
    expert.annotate(star[1], based_on=first["id"], deleted=True)
    expert.annotate(star[2], public=False)
    assert visitors["anonymous"].get(f"objects/{star[0]}/").json()["siblings"] == []
    (seen,) = visitors["reader"].get(f"objects/{star[0]}/").json()["siblings"]
    assert seen["oid"] == star[2]


def test_a_question_on_many_oids_shows_siblings_of_each(expert, anyone, star, tags):
    expert.annotate(star[2], "SN")
    answer = anyone.post("objects/query/", {"oids": [star[0], star[3], star[2]]}).json()["results"]
    assert [[row["oid"] for row in state["siblings"]] for state in answer] == [[star[2]], [], []]


def test_without_a_way_to_know_nothing_is_claimed(anyone):
    state = anyone.get(f"objects/{new_oid()}/").json()
    assert (state["siblings_from"], state["siblings_unavailable"]) == (None, None)
    assert state["same_star"] == []


def test_positions_tell_siblings_once_a_day(peer, expert, anyone, tags):
    asked, other = new_oid(), new_oid()
    expert.annotate(other, "SN")
    peer.answer = f"asked,other,by_source\r\n{asked},{asked},0\r\n{asked},{other},0\r\n"
    for _ in range(2):
        state = anyone.get(f"objects/{asked}/").json()
        assert (state["siblings"][0]["oid"], state["siblings_from"]) == (other, "positions")
    (form,) = peer.asked
    assert form["LANG"] == ["ADQL"]
    assert f"a.oid IN ({asked})" in form["QUERY"][0]
    by_source, by_position = form["QUERY"][0].split(" UNION ALL ")
    assert "ON a.source_id = b.source_id WHERE" in by_source
    assert "CIRCLE(a.ra, a.dec, 0.000416667)" in by_position
    assert by_position.endswith(" AND a.source_id IS NULL")
    Neighbours.objects.update(asked_at=timezone.now() - timedelta(hours=25))
    anyone.get(f"objects/{asked}/")
    assert len(peer.asked) == 2


def counts(peer):
    return [form["QUERY"][0].split("IN (")[1].split(")")[0].count(",") + 1 for form in peer.asked]


def test_many_oids_are_asked_in_batches_and_only_those_not_known(peer, expert):
    oids = [new_oid() for _ in range(250)]
    peer.knows_all = True
    expert.post("objects/query/", {"oids": oids[:3]})
    expert.post("objects/query/", {"oids": oids})
    assert counts(peer) == [3, 100, 100, 47]
    assert Neighbours.objects.count() == 250


def test_those_who_are_not_logged_in_have_fewer_looked_up_and_nothing_kept_of_none(peer, anyone):
    oids = [new_oid() for _ in range(500)]
    answer = anyone.post("objects/query/", {"oids": oids}).json()["results"]
    assert counts(peer) == [50]
    assert [row["siblings_unavailable"] is None for row in answer] == [True] * 50 + [False] * 450
    assert "50 OIDs" in answer[-1]["siblings_unavailable"]
    assert Neighbours.objects.count() == 0


def test_no_more_answers_are_kept_than_there_is_room_for(peer, expert, option):
    option(star_rows=5, tap_url=peer.url)
    peer.knows_all = True
    expert.post("objects/query/", {"oids": [new_oid() for _ in range(4)]})
    cache.clear()
    expert.post("objects/query/", {"oids": [new_oid() for _ in range(4)]})
    assert Neighbours.objects.count() == 4


def test_answers_that_are_out_of_date_are_tidied_away(peer, expert):
    peer.knows_all = True
    expert.post("objects/query/", {"oids": [new_oid() for _ in range(4)]})
    old = Neighbours.objects.order_by("oid")[:3].values_list("oid", flat=True)
    Neighbours.objects.filter(oid__in=list(old)).update(
        asked_at=timezone.now() - timedelta(hours=25)
    )
    assert tidy() == 3
    assert Neighbours.objects.count() == 1


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ({"status": 500}, "status 500"),
        ({"status": 302}, "status 302"),
        ({"answer": "<VOTABLE/>"}, "not the table asked for"),
        ({"answer": ""}, "not the table asked for"),
        ({"answer": "asked,other,by_source\n1,2,1\n"}, "not the table asked for"),
        ({"answer": "asked,other,by_source\nx,y,1\n"}, "not the table asked for"),
        ({"wait": 1.5}, "ReadTimeout"),
    ],
)
def test_a_failing_service_is_reported_and_disturbs_nothing_else(
    peer, expert, anyone, tags, behaviour, reason
):
    oid = new_oid()
    expert.annotate(oid, "SN")
    cache.clear()
    for name, value in behaviour.items():
        setattr(peer, name, value)
    answer = anyone.get(f"objects/{oid}/")
    assert answer.status_code == 200
    state = answer.json()
    assert (state["current"]["tags"], state["siblings"]) == (["SN"], [])
    assert reason in state["siblings_unavailable"]
    assert Neighbours.objects.count() == 0
    # It is left in peace for a while, then asked again.
    assert anyone.get(f"objects/{oid}/").json()["siblings_unavailable"]
    assert len(peer.asked) == 1
    peer.status, peer.answer, peer.wait = 200, "asked,other,by_source\n", 0
    cache.clear()
    assert anyone.get(f"objects/{oid}/").json()["siblings_unavailable"] is None


def test_nobody_there_is_a_failure_like_any_other(option, anyone):
    option(tap_url="http://127.0.0.1:9/tap")
    state = anyone.get(f"objects/{new_oid()}/").json()
    assert "ConnectError" in state["siblings_unavailable"]


def test_the_service_of_the_project_knows_the_stars(option, anyone, expert, tags):
    option(tap_url=f"{service.start()}/tap", tap_seconds=30)
    first, second = HZ_HER_OIDS[0], HZ_HER_OIDS[3]
    expert.annotate(first, "SN", release="demo")  # others may not be published
    answer = anyone.post("objects/query/", {"oids": [second, first]}).json()["results"]
    assert [state["siblings_unavailable"] for state in answer] == [None, None]
    assert [state["siblings_from"] for state in answer] == ["sources", "sources"]
    assert answer[0]["same_star"] == sorted(HZ_HER_OIDS[:3])
    assert [row["oid"] for row in answer[0]["siblings"]] == [first]
    assert answer[1]["siblings"] == []


def record(oid, **fields):
    return {"oid": oid, "release": "dr19", "description": "looked at"} | fields


def test_a_light_curve_that_its_release_lacks_is_not_recorded(peer, expert):
    peer.releases = (200, "oid\n")
    oid = new_oid()
    answer = expert.post("annotations/", record(oid))
    assert answer.status_code == 400
    assert f"Release dr19 has no light curve {oid}: correct the OID" in answer.json()["oid"][0]
    assert peer.lightcurves == [f"SELECT oid FROM ztf_dr19.objects WHERE oid = {oid}"]


def test_the_form_says_so_too(peer, browsers):
    peer.releases = (200, "oid\n")
    oid = new_oid()
    page = browsers["expert"].post(f"/objects/{oid}", release="dr19", description="looked at")
    assert page.status == 400
    assert f"Release dr19 has no light curve {oid}" in page.faults()


@pytest.mark.parametrize(
    "behaviour",
    [
        {"releases": (200, "oid\n7\n")},
        {"releases": (400, "There is no table ztf_dr19.objects.")},
        {"releases": (200, "<VOTABLE/>")},
        {"wait": 1.5},
    ],
)
def test_where_the_release_has_it_or_nobody_knows_it_is_recorded(peer, expert, behaviour):
    for name, value in behaviour.items():
        setattr(peer, name, value)
    expert.annotate(new_oid())
    assert len(peer.lightcurves) == 1


def test_without_a_tap_service_it_is_recorded(expert):
    expert.annotate(new_oid())


def test_what_was_recorded_on_the_release_before_is_not_looked_up_again(peer, expert):
    oid = new_oid()
    first = expert.annotate(oid)
    peer.releases = (200, "oid\n")
    second = expert.annotate(oid, based_on=first["id"], description="again")
    other = record(oid, based_on=second["id"], release="dr24")
    assert expert.post("annotations/", other).status_code == 400
    expert.annotate(oid, based_on=second["id"], deleted=True)
    assert len(peer.lightcurves) == 2
