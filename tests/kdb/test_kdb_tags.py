"""The vocabulary: tags are renamed, merged and retired, and history stays readable."""

from __future__ import annotations

import pytest
from support.kdb import new_oid


def names(answer):
    return [tag["name"] for tag in answer.json()]


def log(visitor, name):
    return [
        (row["action"], row["before"], row["after"])
        for row in visitor.get(f"tags/{name}/log/").json()
    ]


def test_tags_are_listed_in_their_order(anyone, tags):
    assert names(anyone.get("tags/")) == ["artefact", "ghost", "VAR", "SN", "uncertain", "EA"]


def test_a_new_tag_is_whole_and_logged(anyone, editor):
    given = {"name": "M_dwarf-flare2", "description": "A flare", "order": 7, "group": "star"}
    answer = editor.post("tags/", given)
    assert answer.status_code == 201
    assert answer.json() == given | {"retired": False, "merged_into": None}
    assert anyone.get("tags/M_dwarf-flare2/").json() == answer.json()
    (event,) = anyone.get("tags/M_dwarf-flare2/log/").json()
    assert (event["action"], event["actor"]) == ("created", "The editor")
    assert event["after"]["description"] == "A flare"


@pytest.mark.parametrize(
    "name", ["", "a b", "a#b", "é", "x" * 65, "<b>", "a/b", "SN\n", "..", None, 5.5]
)
def test_a_tag_has_letters_digits_and_two_signs_only(editor, name):
    answer = editor.post("tags/", {"name": name})
    assert answer.status_code == 400
    assert list(answer.json()) == ["name"]


@pytest.mark.parametrize("name", ["SN", "sn"])
def test_a_name_is_given_once_in_whatever_case(editor, tags, name):
    assert editor.post("tags/", {"name": name}).json() == {"name": ["There is a tag 'SN' already."]}
    assert editor.patch("tags/VAR/", {"name": name}).status_code == 400


def test_history_has_the_name_given_then_and_the_object_the_name_of_now(
    expert, editor, anyone, tags
):
    oid = new_oid()
    expert.annotate(oid, "SN", "ghost")
    answer = editor.patch("tags/SN/", {"name": "Supernova"})
    assert (answer.status_code, answer.json()["name"]) == (200, "Supernova")
    assert anyone.get(f"objects/{oid}/").json()["current"]["tags"] == ["ghost", "Supernova"]
    (row,) = anyone.get(f"objects/{oid}/history/").json()["results"]
    assert row["tags"] == ["ghost", "SN"]
    assert anyone.oids(tag="Supernova") == [oid]
    assert log(anyone, "Supernova")[-1] == ("renamed", {"name": "SN"}, {"name": "Supernova"})


def test_a_former_name_is_answered_with_the_name_of_now(editor, expert, anyone, tags):
    editor.patch("tags/SN/", {"name": "Supernova"})
    sentence = "There is no tag 'SN'. It is now called 'Supernova'."
    assert anyone.get("tags/SN/").json() == {"detail": sentence}
    assert anyone.get("tags/SN/").status_code == 404
    assert anyone.get("objects/", tag="SN").json() == {"tag": [sentence]}


def test_a_merged_tag_counts_as_its_target_and_stays_in_history(expert, editor, anyone, tags):
    eclipsing, variable, both = new_oid(), new_oid(), new_oid()
    expert.annotate(eclipsing, "EA")
    expert.annotate(variable, "VAR")
    expert.annotate(both, "VAR", "EA")
    answer = editor.post("tags/EA/merge/", {"into": "VAR"})
    assert answer.status_code == 200
    assert (answer.json()["merged_into"], answer.json()["retired"]) == ("VAR", True)
    assert anyone.get(f"objects/{both}/").json()["current"]["tags"] == ["VAR"]
    (row,) = anyone.get(f"objects/{both}/history/").json()["results"]
    assert row["tags"] == ["VAR", "EA"]
    for name in ("VAR", "EA"):
        assert set(anyone.oids(tag=name)) == {eclipsing, variable, both}
    assert anyone.oids(not_tag="EA") == []
    counts = {row["name"]: row["objects"] for row in anyone.get("tags/", counts="true").json()}
    assert (counts["VAR"], counts["EA"], counts["SN"]) == (3, 0, 0)


def test_what_was_merged_into_a_merged_tag_follows_it(editor, anyone, tags):
    assert editor.post("tags/EA/merge/", {"into": "VAR"}).status_code == 200
    assert editor.post("tags/VAR/merge/", {"into": "uncertain"}).status_code == 200
    assert anyone.get("tags/EA/").json()["merged_into"] == "uncertain"
    assert log(anyone, "EA")[-1] == ("merged", {"merged_into": "VAR"}, {"merged_into": "uncertain"})


@pytest.mark.parametrize(
    ("source", "target", "status", "words"),
    [
        ("SN", "SN", 409, "into itself"),
        ("EA", "SN", 409, "was merged already"),
        ("SN", "EA", 409, "is retired"),
        ("SN", "ghost", 409, "is retired"),
        ("SN", "nothing", 400, "does not exist"),
        ("nothing", "SN", 404, "There is no tag 'nothing'"),
    ],
)
def test_a_merge_that_makes_no_sense_is_refused(editor, tags, source, target, status, words):
    editor.post("tags/EA/merge/", {"into": "VAR"})
    editor.patch("tags/ghost/", {"retired": True})
    answer = editor.post(f"tags/{source}/merge/", {"into": target})
    assert (answer.status_code, words in answer.content.decode()) == (status, True)


def test_a_merged_tag_is_not_given_and_not_brought_back(expert, editor, tags):
    editor.post("tags/EA/merge/", {"into": "VAR"})
    answer = expert.post("annotations/", {"oid": new_oid(), "release": "dr5", "tags": ["EA"]})
    assert answer.json() == {"tags": ["'EA' was merged into 'VAR': give that."]}
    assert editor.patch("tags/EA/", {"retired": False}).status_code == 400


def test_a_retired_tag_is_kept_but_not_given_again(expert, editor, anyone, tags):
    oid = new_oid()
    first = expert.annotate(oid, "ghost")
    editor.patch("tags/ghost/", {"retired": True})
    again = expert.annotate(oid, "ghost", "SN", based_on=first["id"])
    assert again["tags"] == ["ghost", "SN"]
    body = {"oid": new_oid(), "release": "dr5", "tags": ["ghost"]}
    answer = expert.post("annotations/", body)
    assert answer.json() == {"tags": ["'ghost' is retired: it can be kept, but not given again."]}
    assert anyone.oids(tag="ghost") == [oid]
    editor.patch("tags/ghost/", {"retired": False})
    assert expert.post("annotations/", body).status_code == 201
    assert [row[0] for row in log(anyone, "ghost")] == ["created", "retired", "restored"]


def test_one_change_of_several_kinds_is_logged_as_such(editor, anyone, tags):
    editor.patch("tags/SN/", {"name": "SNe", "order": 3, "retired": True, "group": "transient"})
    assert log(anyone, "SNe")[1:] == [
        ("renamed", {"name": "SN"}, {"name": "SNe"}),
        ("retired", {"retired": False}, {"retired": True}),
        ("changed", {"order": 30, "group": ""}, {"order": 3, "group": "transient"}),
    ]


def test_a_change_of_nothing_is_no_event(editor, anyone, tags):
    assert editor.patch("tags/SN/", {"name": "SN", "order": 30}).status_code == 200
    assert [row[0] for row in log(anyone, "SN")] == ["created"]


@pytest.mark.parametrize("order", [10**7, "first", 1.5, None])
def test_an_order_is_a_moderate_number(editor, tags, order):
    assert list(editor.patch("tags/SN/", {"order": order}).json()) == ["order"]


def test_tags_are_not_deleted(editor, tags):
    assert editor.send("DELETE", "tags/SN/").status_code == 405
    assert editor.send("PUT", "tags/SN/", {"name": "x"}).status_code == 405
