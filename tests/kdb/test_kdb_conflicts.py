"""People who write at the same time, each on a database connection of their own."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection
from support import kdb

from kdb.annotations.models import Annotation, Current
from kdb.tags.models import Tag

pytestmark = pytest.mark.usefixtures("committed")
WRITERS = 6


def at_once(actions):
    """Do all at once, in threads, each with its own connection; returns the answers."""
    barrier = threading.Barrier(len(actions))

    def run(action):
        try:
            barrier.wait(timeout=20)
            return action()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


@pytest.mark.parametrize("depth", [0, 1, 5])
def test_of_several_who_base_on_the_same_annotation_one_succeeds(people, tags, depth):
    oid = kdb.new_oid()
    writers = [kdb.Visitor(people["expert"]) for _ in range(WRITERS)]
    based_on = None
    for _ in range(depth):
        based_on = writers[0].annotate(oid, "SN", based_on=based_on)["id"]
    for writer in writers:
        assert writer.get("whoami/").status_code == 200
    body = {"oid": oid, "release": "dr5", "tags": ["VAR"], "based_on": based_on}
    answers = at_once([lambda w=w: w.post("annotations/", body) for w in writers])
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * (WRITERS - 1)
    (winner,) = [answer.json() for answer in answers if answer.status_code == 201]
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["newest"] == winner
    rows = list(Annotation.objects.filter(oid=oid).order_by("number").values_list("pk", "number"))
    assert rows[-1] == (winner["id"], depth + 1)
    assert Current.objects.get(oid=oid).newest_id == winner["id"]


def test_who_waits_for_a_transaction_that_fails_gets_his_turn(kdb_database, people, tags):
    oid = kdb.new_oid()
    writer = kdb.Visitor(people["expert"])
    first = writer.annotate(oid, "SN")
    body = {"oid": oid, "release": "dr5", "based_on": first["id"]}
    with psycopg.connect(kdb.dsn(kdb_database, "kdb")) as other:
        other.execute(
            "INSERT INTO annotation (oid, release, text, tag_count, author_name, public, deleted,"
            " previous_id) VALUES (%s, 'dr5', '', 0, 'Other', true, false, %s)",
            (oid, first["id"]),
        )
        with ThreadPoolExecutor(1) as pool:

            def write():
                try:
                    return writer.post("annotations/", body)
                finally:
                    connection.close()

            waiting = pool.submit(write)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
            other.rollback()
            assert waiting.result(timeout=20).status_code == 201


def test_people_on_different_objects_do_not_disturb_each_other(people):
    writers = [kdb.Visitor(people["expert"]) for _ in range(WRITERS)]
    bodies = [{"oid": kdb.new_oid(), "release": "dr5", "description": "x"} for _ in writers]
    pairs = zip(writers, bodies, strict=True)
    answers = at_once([lambda w=w, b=b: w.post("annotations/", b) for w, b in pairs])
    assert [answer.status_code for answer in answers] == [201] * WRITERS


def test_a_name_is_given_to_one_of_two_new_tags(people):
    editors = [kdb.Visitor(people["editor"]) for _ in range(4)]
    answers = at_once([lambda e=e: e.post("tags/", {"name": "New"}) for e in editors])
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 201
    assert set(statuses[1:]) <= {400, 409}
    assert Tag.objects.filter(name="New").count() == 1


def test_two_tags_are_never_merged_into_each_other(people, tags):
    editors = [kdb.Visitor(people["editor"]) for _ in range(2)]
    answers = at_once(
        [
            lambda: editors[0].post("tags/SN/merge/", {"into": "VAR"}),
            lambda: editors[1].post("tags/VAR/merge/", {"into": "SN"}),
        ]
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert Tag.objects.filter(merged_into__isnull=False).count() == 1


def test_two_administrators_do_not_demote_each_other(people):
    people["editor"].role = "administrator"
    people["editor"].save()
    both = [kdb.Visitor(people["administrator"]), kdb.Visitor(people["editor"])]
    names = ("editor", "administrator")
    answers = at_once(
        [
            lambda v=v, n=n: v.patch(f"users/{n}@example.org/", {"role": "reader"})
            for v, n in zip(both, names, strict=True)
        ]
    )
    statuses = sorted(answer.status_code for answer in answers)
    # The second sees the conflict, or is no administrator any more when he asks.
    assert statuses in ([200, 403], [200, 409])
