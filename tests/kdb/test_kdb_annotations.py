"""Annotating: what is taken, what is reported, what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from support.kdb import new_oid


def test_the_first_annotation_is_reported_whole(expert, tags):
    oid = new_oid()
    made = expert.annotate(oid, "uncertain", "SN", description="Near a galaxy: 18″ E\nπ")
    moment = datetime.fromisoformat(made.pop("changed_at"))
    assert abs(moment - datetime.now(UTC)) < timedelta(seconds=30)
    assert made == {
        "id": made["id"],
        "oid": oid,
        "number": 1,
        "release": "dr19",
        "tags": ["SN", "uncertain"],
        "description": "Near a galaxy: 18″ E\nπ",
        "author": "The expert",
        "public": True,
        "deleted": False,
        "based_on": None,
    }


def test_the_newest_is_the_current_state_and_all_are_the_history(visitors, expert, tags):
    oid = new_oid()
    first = expert.annotate(oid, "SN", description="a")
    other = visitors["other_expert"]
    second = other.annotate(oid, "VAR", release="dr24", description="b", based_on=first["id"])
    state = visitors["anonymous"].get(f"objects/{oid}/").json()
    assert (state["state"], state["newest"]) == ("annotated", second["id"])
    current = state["current"]
    assert (current["annotation"], current["annotations"]) == (second["id"], 2)
    assert (current["tags"], current["description"]) == (["VAR"], "b")
    assert (current["author"], current["release"]) == ("The other_expert", "dr24")
    history = visitors["anonymous"].get(f"objects/{oid}/history/").json()["results"]
    shown = [(row["id"], row["number"], row["tags"], row["author"]) for row in history]
    assert shown == [
        (first["id"], 1, ["SN"], "The expert"),
        (second["id"], 2, ["VAR"], "The other_expert"),
    ]


def test_a_deletion_is_an_annotation_and_what_was_stays_in_history(expert, anyone, tags):
    oid = new_oid()
    first = expert.annotate(oid, "SN")
    gone = expert.annotate(oid, based_on=first["id"], deleted=True, description="wrong object")
    state = anyone.get(f"objects/{oid}/").json()
    assert (state["state"], state["current"], state["newest"]) == ("deleted", None, gone["id"])
    assert anyone.oids() == []
    history = anyone.get(f"objects/{oid}/history/").json()["results"]
    assert [(row["tags"], row["deleted"]) for row in history] == [(["SN"], False), ([], True)]
    back = expert.annotate(oid, "VAR", based_on=gone["id"])
    assert (back["number"], anyone.oids()) == (3, [oid])


def test_the_log_shows_what_each_annotation_changed(expert, editor, anyone, tags):
    oid = new_oid()
    first = expert.annotate(oid, "SN", "ghost", description="a")
    editor.patch("tags/SN/", {"name": "Supernova"})
    second = expert.annotate(oid, "Supernova", "VAR", description="a", based_on=first["id"])
    third = expert.annotate(oid, based_on=second["id"], deleted=True)
    expert.annotate(oid, "VAR", release="dr24", based_on=third["id"])
    rows = anyone.get(f"objects/{oid}/log/").json()
    keys = ("number", "action", "tags_added", "tags_removed", "description", "release", "public")
    assert [tuple(row[key] for key in keys) for row in rows] == [
        (1, "created", ["SN", "ghost"], [], "a", "dr19", True),
        (2, "changed", ["VAR"], ["ghost"], None, None, None),
        (3, "deleted", [], ["Supernova", "VAR"], "", None, None),
        (4, "restored", ["VAR"], [], None, "dr24", None),
    ]


def test_what_is_not_public_is_for_members_only(visitors, expert, tags):
    oid, secret = new_oid(), new_oid()
    first = expert.annotate(oid, "SN", description="shown")
    expert.annotate(oid, "VAR", description="hidden", public=False, based_on=first["id"])
    private = expert.annotate(secret, "VAR", description="hidden", public=False)
    anyone, reader = visitors["anonymous"], visitors["reader"]
    assert (anyone.oids(), sorted(reader.oids())) == ([oid], [oid, secret])
    seen = anyone.get(f"objects/{oid}/").json()["current"]
    assert (seen["description"], seen["annotations"]) == ("shown", 1)
    assert reader.get(f"objects/{oid}/").json()["current"]["annotations"] == 2
    assert anyone.get(f"objects/{secret}/").json()["state"] == "none"
    assert anyone.get(f"annotations/{private['id']}/").status_code == 404
    assert reader.get(f"annotations/{private['id']}/").status_code == 200
    for path in ("objects/", "annotations/", f"objects/{oid}/", f"objects/{oid}/history/"):
        assert b"hidden" not in anyone.get(path).content
    assert b"hidden" not in anyone.get(f"objects/{oid}/log/").content
    assert b"hidden" in reader.get(f"objects/{oid}/log/").content
    for parameters in ({"text": "hidden"}, {"tag": "VAR"}, {"public": "false"}):
        assert anyone.oids(**parameters) == anyone.oids("annotations/", **parameters) == []
    gone = expert.annotate(secret, based_on=private["id"], deleted=True, description="hidden")
    assert (gone["public"], reader.oids("annotations/")[0]) == (False, secret)
    assert anyone.oids("annotations/") == [oid]
    assert anyone.get(f"objects/{secret}/history/").json() == (
        anyone.get(f"objects/{new_oid()}/history/").json()
    )


@pytest.mark.parametrize("based_on", ["missing", "null", "older", "unknown", "of another OID"])
def test_a_conflict_is_reported_with_the_newer_one(expert, tags, based_on):
    oid = new_oid()
    first = expert.annotate(oid, "SN")
    newest = expert.annotate(oid, "VAR", based_on=first["id"])
    body = {"oid": oid, "release": "dr5", "tags": ["ghost"]}
    if based_on != "missing":
        body["based_on"] = {
            "null": None,
            "older": first["id"],
            "unknown": 2**62,
            "of another OID": expert.annotate(new_oid())["id"],
        }[based_on]
    answer = expert.post("annotations/", body)
    assert answer.status_code == 409
    assert answer.json()["newest"] == newest
    assert expert.get(f"objects/{oid}/").json()["current"]["annotations"] == 2


def test_basing_on_what_is_not_there_is_a_conflict_with_nothing(expert):
    body = {"oid": new_oid(), "release": "dr5", "description": "x", "based_on": 7}
    answer = expert.post("annotations/", body)
    assert (answer.status_code, answer.json()["newest"]) == (409, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("oid", None),
        ("oid", True),
        ("oid", 12),
        ("oid", -633207400004730),
        ("oid", 633207400004730.5),
        ("oid", 10**30),
        ("oid", "633207400004730; DROP TABLE annotation"),
        ("oid", [633207400004730]),
        ("release", ""),
        ("release", "DR19"),
        ("release", "dr19; --"),
        ("release", "x" * 33),
        ("release", None),
        ("tags", "SN"),
        ("tags", ["SN", "SN"]),
        ("tags", ["nothing"]),
        ("tags", [["SN"]]),
        ("tags", [{"name": "SN"}]),
        ("tags", ["SN"] * 51),
        ("description", "x" * 10_001),
        ("description", "a\x00b"),
        ("description", {"a": 1}),
        ("public", "perhaps"),
        ("deleted", "perhaps"),
        ("based_on", "first"),
        ("based_on", 0),
        ("based_on", 2**63),
    ],
)
def test_a_malformed_field_is_refused_by_name(expert, tags, field, value):
    body = {"oid": new_oid(), "release": "dr5", "tags": ["SN"]} | {field: value}
    answer = expert.post("annotations/", body)
    assert (answer.status_code, list(answer.json())) == (400, [field])


@pytest.mark.parametrize("field", ["description", "\ud800"])
def test_halves_of_characters_are_refused(expert, tags, field):
    body = {"oid": new_oid(), "release": "dr5", "tags": ["SN"]} | {field: "a\ud800b"}
    answer = expert.post("annotations/", body)
    assert answer.status_code == 400
    assert answer.json() == {"detail": "The JSON has surrogates, which are no characters."}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("release", "DEMO", "There is no release 'DEMO': the release is 'demo'."),
        ("tags", ["sn"], "There is no tag 'sn'. The tag is 'SN'."),
    ],
)
def test_a_name_in_other_letters_is_answered_with_the_right_one(
    expert, tags, field, value, sentence
):
    body = {"oid": new_oid(), "release": "dr5", "tags": ["SN"]} | {field: value}
    assert expert.post("annotations/", body).json() == {field: [sentence]}


@pytest.mark.parametrize("description", ["", "  \n"])
def test_a_first_record_says_something(expert, tags, description):
    oid = new_oid()
    nothing = {"oid": oid, "release": "dr5", "description": description}
    answer = expert.post("annotations/", nothing)
    assert answer.status_code == 400
    assert answer.json() == {"tags": ["Nothing is said: give a tag or a description."]}
    first = expert.annotate(oid, "SN")
    emptied = expert.annotate(oid, based_on=first["id"], description="")
    gone = expert.annotate(oid, based_on=emptied["id"], deleted=True)
    assert expert.post("annotations/", nothing | {"based_on": gone["id"]}).status_code == 400


def test_a_deletion_is_bare(expert, tags):
    oid = new_oid()
    first = expert.annotate(oid, "SN")
    body = {"oid": oid, "release": "dr5", "based_on": first["id"], "deleted": True}
    assert expert.post("annotations/", body | {"tags": ["SN"]}).status_code == 400
    assert expert.post("annotations/", body | {"public": False}).status_code == 400


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_an_annotation_is_never_changed(visitors, expert, method):
    made = expert.annotate(new_oid())
    answer = visitors["administrator"].send(method, f"annotations/{made['id']}/", {})
    assert answer.status_code == 405
    assert expert.get(f"annotations/{made['id']}/").json() == made


def test_many_oids_are_answered_at_once_and_in_order(expert, anyone, tags):
    oids = [new_oid() for _ in range(500)]
    expert.annotate(oids[3], "SN")
    gone = expert.annotate(oids[4])
    expert.annotate(oids[4], based_on=gone["id"], deleted=True)
    answer = anyone.post("objects/query/", {"oids": oids}).json()["results"]
    assert [row["oid"] for row in answer] == oids
    assert [row["state"] for row in answer[2:6]] == ["none", "annotated", "deleted", "none"]
    assert answer[3]["current"]["tags"] == ["SN"]
    by_get = anyone.get("objects/query/", oid=oids[:5]).json()["results"]
    assert by_get == answer[:5]
    assert anyone.oids(oid=oids[:5]) == [oids[3]]


@pytest.mark.parametrize(
    "oids", [[], [12], ["x"], "633207400004730", None, [None], [633207400004730] * 501]
)
def test_a_malformed_question_is_refused(anyone, oids):
    answer = anyone.post("objects/query/", {"oids": oids})
    assert (answer.status_code, list(answer.json())) == (400, ["oids"])


@pytest.mark.parametrize("path", ["", "history/", "log/"])
def test_what_is_no_oid_is_distinguished_from_an_oid_without_records(anyone, path):
    wrong = anyone.get(f"objects/123/{path}")
    assert wrong.status_code == 400
    assert wrong.json() == {"detail": "'123' is not an OID: it is a number of 15 or 16 digits."}
    assert anyone.get(f"objects/{new_oid()}/{path}").status_code == 200
