"""What a page of the site asks of the knowledge database, request by request: docs/knowledge.md."""

from __future__ import annotations

import json

import pytest
from support.kdb import API, Visitor, new_oid

from kdb.annotations import siblings

STARS = "kdb.annotations.actions.siblings_of"


@pytest.fixture
def page(people):
    """The page of the site with an expert before it: what it writes needs the token."""
    return Visitor(people["expert"], enforce_csrf_checks=True)


def record(page, body, token=None):
    """Write as the page does."""
    headers = {"X-CSRFToken": token} if token else {}
    return page.client.post(
        API + "annotations/", json.dumps(body), content_type="application/json", headers=headers
    )


def test_an_object_has_state_record_and_what_to_follow(anyone, expert, tags):
    oid = new_oid()
    bare = anyone.get(f"objects/{oid}/")
    assert bare.status_code == 200
    assert bare.json()["state"] == "none"
    assert (bare.json()["current"], bare.json()["newest"]) == (None, None)
    made = expert.annotate(oid, "EA", "VAR", description="dips")
    shown = anyone.get(f"objects/{oid}/").json()
    assert shown["state"] == "annotated"
    assert shown["newest"] == made["id"]
    current = shown["current"]
    assert {name: current[name] for name in ("description", "release", "public")} == {
        "description": "dips",
        "release": "dr19",
        "public": True,
    }
    assert (sorted(current["tags"]), current["author"]) == (["EA", "VAR"], made["author"])


def test_what_is_not_public_is_not_there_for_others(anyone, expert, tags):
    oid = new_oid()
    expert.annotate(oid, "EA", public=False)
    assert anyone.get(f"objects/{oid}/").json()["state"] == "none"
    assert expert.get(f"objects/{oid}/").json()["state"] == "annotated"


def test_the_log_says_what_each_record_changed(anyone, expert, tags):
    oid = new_oid()
    first = expert.annotate(oid, "EA")
    expert.annotate(oid, "SN", based_on=first["id"], description="no")
    log = anyone.get(f"objects/{oid}/log/").json()
    assert [entry["action"] for entry in log] == ["created", "changed"]
    assert (log[1]["tags_added"], log[1]["tags_removed"]) == (["SN"], ["EA"])
    history = anyone.get(f"objects/{oid}/history/").json()["results"]
    assert [row["tags"] for row in history] == [["EA"], ["SN"]]


def test_records_of_the_other_oids_of_the_star_come_with_it(anyone, expert, tags, monkeypatch):
    oid, other, bare = new_oid(), new_oid(), new_oid()
    expert.annotate(other, "EA", description="the same star")
    known = siblings.Siblings({oid: {other, bare}}, {oid: "sources"})
    monkeypatch.setattr(STARS, lambda oids, most: known)
    shown = anyone.get(f"objects/{oid}/").json()
    assert [(row["oid"], row["tags"], row["description"]) for row in shown["siblings"]] == [
        (other, ["EA"], "the same star")
    ]
    assert shown["same_star"] == [other, bare]
    failed = siblings.Siblings(unavailable="It does not answer.")
    monkeypatch.setattr(STARS, lambda oids, most: failed)
    assert anyone.get(f"objects/{oid}/").json()["siblings_unavailable"] == "It does not answer."


def test_many_are_asked_at_once_in_their_order(anyone, expert, tags):
    one, two = new_oid(), new_oid()
    expert.annotate(two, "EA")
    answers = anyone.get("objects/query/", oid=[two, one]).json()["results"]
    assert [(row["oid"], row["state"]) for row in answers] == [(two, "annotated"), (one, "none")]


def test_an_answer_that_the_page_has_is_not_sent_again(anyone, expert, tags):
    oid = new_oid()
    first = expert.annotate(oid, "EA")
    tag = anyone.get(f"objects/{oid}/")["ETag"]
    assert anyone.get(f"objects/{oid}/", headers={"If-None-Match": tag}).status_code == 304
    expert.annotate(oid, "SN", based_on=first["id"])
    assert anyone.get(f"objects/{oid}/", headers={"If-None-Match": tag}).status_code == 200


def test_what_is_no_oid_is_refused_with_a_sentence(anyone):
    answer = anyone.get("objects/7/")
    assert (answer.status_code, "'7' is not an OID" in answer.json()["detail"]) == (400, True)


def test_nobody_is_logged_in_and_gets_no_cookie(anyone):
    answer = anyone.get("session/")
    assert answer.status_code == 200
    assert answer.json() == {
        "public_name": None,
        "may_read": True,
        "may_annotate": False,
        "csrf_token": None,
    }
    assert not answer.cookies


@pytest.mark.parametrize(
    ("role", "may"), [("reader", False), ("expert", True), ("administrator", True)]
)
def test_who_is_logged_in_is_named_with_what_they_may(visitors, people, role, may):
    shown = visitors[role].get("session/").json()
    assert shown["public_name"] == people[role].public_name
    assert (shown["may_read"], shown["may_annotate"]) == (True, may)
    assert len(shown["csrf_token"]) == 64


def test_a_site_that_is_closed_says_so_to_those_without_login(anyone, expert, option):
    option(open_reading=False)
    assert anyone.get("session/").json()["may_read"] is False
    assert anyone.get(f"objects/{new_oid()}/").status_code == 401
    assert expert.get("session/").json()["may_read"] is True


def test_tags_come_in_their_order_with_group_and_description(anyone, editor, tags):
    editor.patch("tags/SN/", {"group": "explosions", "order": -5, "description": "A supernova."})
    listed = anyone.get("tags/").json()
    assert [tag["order"] for tag in listed] == sorted(tag["order"] for tag in listed)
    assert listed[0] == {
        "name": "SN",
        "description": "A supernova.",
        "order": -5,
        "group": "explosions",
        "retired": False,
        "merged_into": None,
        "objects": None,
    }


def test_a_record_needs_the_token_of_the_session(page, tags):
    body = {"oid": new_oid(), "release": "dr19", "tags": ["EA"], "based_on": None}
    refused = record(page, body)
    assert (refused.status_code, "CSRF" in refused.json()["detail"]) == (403, True)
    token = page.get("session/").json()["csrf_token"]
    made = record(page, body, token)
    assert made.status_code == 201
    assert page.get(f"objects/{body['oid']}/").json()["newest"] == made.json()["id"]


def test_a_record_on_an_older_state_is_a_conflict_and_can_follow(page, editor, tags):
    token = page.get("session/").json()["csrf_token"]
    theirs = editor.annotate(oid := new_oid(), "SN", description="theirs")
    mine = {"oid": oid, "release": "dr19", "tags": ["EA"], "based_on": None}
    answer = record(page, mine, token)
    assert answer.status_code == 409
    newest = answer.json()["newest"]
    assert (newest["id"], newest["tags"], newest["description"]) == (
        theirs["id"],
        ["SN"],
        "theirs",
    )
    assert record(page, mine | {"based_on": newest["id"]}, token).status_code == 201
    gone = {"oid": oid, "release": "dr19", "deleted": True}
    gone |= {"based_on": page.get(f"objects/{oid}/").json()["newest"]}
    assert record(page, gone, token).status_code == 201
    assert page.get(f"objects/{oid}/").json()["state"] == "deleted"


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"tags": ["Sn"]}, "tags", "There is no tag 'Sn'. The tag is 'SN'."),
        ({"tags": []}, "tags", "Nothing is said: give a tag or a description."),
        ({"release": "DR19"}, "release", "There is no release 'DR19': the release is 'dr19'."),
        ({"description": "x" * 10_001}, "description", "no more than 10000 characters"),
    ],
)
def test_a_wrong_field_is_named_with_a_sentence(page, tags, change, field, sentence):
    token = page.get("session/").json()["csrf_token"]
    body = {"oid": new_oid(), "release": "dr19", "tags": ["EA"], "based_on": None}
    answer = record(page, body | change, token)
    assert answer.status_code == 400
    assert sentence in " ".join(answer.json()[field])


def test_who_is_no_expert_may_not_record(people, tags):
    page = Visitor(people["reader"], enforce_csrf_checks=True)
    token = page.get("session/").json()["csrf_token"]
    body = {"oid": new_oid(), "release": "dr19", "tags": ["EA"], "based_on": None}
    answer = record(page, body, token)
    assert (answer.status_code, "Only experts may annotate" in answer.json()["detail"]) == (
        403,
        True,
    )
