"""The queue: a list of objects, tagged one after the other."""

from __future__ import annotations

import pytest
from support.kdb import Visitor, new_oid

from kdb.annotations.models import Annotation
from kdb.pages.queue import MOST
from kdb.pages.views.queue import KEYS


@pytest.fixture
def person(browsers):
    """The browser of an expert."""
    return browsers["expert"]


@pytest.fixture
def oids():
    """Three OIDs that nothing is recorded on."""
    return [new_oid() for _ in range(3)]


@pytest.fixture
def begun(person, tags, oids):
    """The first page of a queue of the three."""
    return begin(person, oids)


def begin(person, oids, release="dr19"):
    form = person.get("/queue")
    return person.submit(form, "Begin", oids="\n".join(map(str, oids)), release=release)


def press(person, page, button, **changes):
    """Press a button of the form; what it does is its value."""
    values = {"do": {"Record": "record", "Skip": "skip", "Undo": "undo"}[button]}
    return person.submit(page, button_of(page, button), **values, **changes)


def button_of(page, begins):
    return next(text for text in page.texts("//form//button") if text.startswith(begins))


def state(visitor, oid):
    found = visitor.get(f"objects/{oid}/").json()
    return found["state"], found["current"] and found["current"]["tags"]


def test_a_list_is_gone_through_in_its_order(person, begun, oids, expert):
    assert (begun.path, begun.heading) == ("/kdb/queue/1", str(oids[0]))
    assert "No. 1 of 3" in begun.texts("//p")[1:][0] or "No. 1 of 3" in begun.source
    second = press(person, begun, "Record", tags=["SN"])
    assert second.heading == str(oids[1])
    third = press(person, second, "Skip")
    end = press(person, third, "Record", tags=["EA", "VAR"], description="two dips")
    assert [state(expert, oid) for oid in oids] == [
        ("annotated", ["SN"]),
        ("none", None),
        ("annotated", sorted(["EA", "VAR"], key=end_order(expert))),
    ]
    assert "3 objects: 2 recorded, 1 skipped." in end.source
    assert end.tree.xpath("//progress/@value") == ["3"]
    assert "This was the last of the list." in end.texts("//ul[@class='messages']/li")


def end_order(visitor):
    order = {tag["name"]: tag["order"] for tag in visitor.get("tags/").json()}
    return order.__getitem__


def test_the_release_given_last_is_that_of_the_next(person, begun):
    second = press(person, begun, "Record", tags=["SN"], release="dr24")
    assert second.tree.xpath("//input[@name='release']/@value") == ["dr24"]
    assert person.get("/queue").tree.xpath("//input[@name='release']/@value") == ["dr24"]


def test_undo_deletes_a_first_record_and_goes_back_to_it(person, begun, oids, expert):
    second = press(person, begun, "Record", tags=["SN"])
    back = press(person, second, "Undo")
    assert back.heading == str(oids[0])
    assert f"Undone: {oids[0]} is as it was before." in back.source
    assert state(expert, oids[0]) == ("deleted", None)
    assert "0 recorded" in back.source
    assert not back.tree.xpath("//button[@value='undo']")
    history = expert.get(f"objects/{oids[0]}/history/").json()["results"]
    assert [row["deleted"] for row in history] == [False, True]


def test_undo_restores_tags_text_release_and_visibility(person, tags, oids, visitors):
    other = visitors["editor"]
    before = other.annotate(oids[0], "EA", "VAR", description="dips", public=False, release="dr5")
    page = begin(person, oids)
    assert {box.get("value") for box in page.tree.xpath("//input[@checked and @name='tags']")} == {
        "EA",
        "VAR",
    }
    second = press(person, page, "Record", tags=["SN"], description="new", public="on")
    press(person, second, "Undo")
    now = other.get(f"objects/{oids[0]}/").json()["current"]
    for name in ("tags", "description", "public", "release"):
        assert now[name] == before[name], name
    assert now["author"] != before["author"]


def test_undo_takes_back_one_record_after_the_other(person, begun, oids, expert):
    page = begun
    for _ in oids[:2]:
        page = press(person, page, "Record", tags=["SN"])
    for oid in (oids[1], oids[0]):
        page = press(person, page, "Undo")
        assert page.heading == str(oid)
    assert [state(expert, oid)[0] for oid in oids] == ["deleted", "deleted", "none"]
    answer = person.post("/queue/1", do="undo")
    assert (answer.status, "Nothing was recorded in this queue" in answer.faults()) == (400, True)


def test_undo_leaves_what_someone_wrote_since(person, begun, oids, visitors):
    second = press(person, begun, "Record", tags=["SN"])
    newest = Annotation.objects.get(oid=oids[0])
    visitors["editor"].annotate(oids[0], "EA", based_on=newest.pk)
    refused = press(person, second, "Undo")
    assert refused.status == 409
    assert f"{oids[0]} is left as it is. There is a newer annotation" in refused.faults()
    assert state(visitors["editor"], oids[0]) == ("annotated", ["EA"])


def test_a_conflict_shows_both_and_the_form_sent_again_follows(person, begun, oids, visitors):
    visitors["editor"].annotate(oids[0], "EA", description="theirs")
    both = press(person, begun, "Record", tags=["SN"], description="mine")
    assert (both.status, both.heading) == (409, str(oids[0]))
    assert both.texts("//section[@class='conflict']//h3") == ["Yours", "The newer one"]
    assert "theirs" in both.source
    second = press(person, both, "Record")
    assert second.heading == str(oids[1])
    now = visitors["editor"].get(f"objects/{oids[0]}/").json()["current"]
    assert (now["tags"], now["description"]) == (["SN"], "mine")


def test_what_is_recorded_already_is_not_recorded_again(person, tags, oids, expert):
    expert.annotate(oids[0], "EA", description="dips")
    second = press(person, begin(person, oids), "Record")
    assert second.heading == str(oids[1])
    assert Annotation.objects.filter(oid=oids[0]).count() == 1
    assert "0 recorded, 1 skipped" in second.source


def test_nothing_said_is_refused_at_the_place(person, begun, oids):
    page = press(person, begun, "Record")
    assert (page.status, page.heading) == (400, str(oids[0]))
    assert "Nothing is said: give a tag or a description." in page.faults()


def test_each_tag_has_a_key_of_its_own(begun):
    keys = begun.tree.xpath("//input[@name='tags']/@data-key")
    assert keys == list(KEYS[: len(keys)])
    assert len(set(KEYS)) == len(KEYS)
    assert not set(KEYS) & set("sud")


@pytest.mark.parametrize(
    ("oids", "message"),
    [
        ("", "This field may not be blank."),
        (" ,; ", "The list is empty"),
        ("7 680113300005170", "'7' is not an OID"),
        ("x " * 8, "3 more are none."),
        (" ".join(str(633_207_400_000_000 + n) for n in range(MOST + 1)), f"at most {MOST}"),
    ],
)
def test_a_list_that_is_none_begins_nothing(person, tags, oids, message):
    page = person.submit(person.get("/queue"), "Begin", oids=oids, release="dr19")
    assert page.status == 400
    assert message in page.fault_at("oids")
    assert person.get("/queue/1").status == 404


def test_a_release_that_is_none_is_said_at_its_field(person, tags, oids):
    page = begin(person, oids, release="DR19")
    assert "There is no release 'DR19': the release is 'dr19'." in page.fault_at("release")


def test_an_oid_given_twice_comes_once(person, tags, oids):
    page = begin(person, [*oids, oids[0]])
    assert "of 3" in page.source


def test_filters_of_the_objects_make_a_list(person, tags, expert, oids):
    for oid, tag in zip(oids, ("EA", "SN", "EA"), strict=True):
        expert.annotate(oid, tag)
    table = person.get("/", tag="EA", ordering="oid")
    form = person.get(table.link("Tag them one after the other"))
    assert form.tree.xpath("//textarea[@name='oids']")[0].text.split() == [
        str(oids[0]),
        str(oids[2]),
    ]


def test_the_address_of_another_page_gives_a_list(person, tags, oids):
    form = person.get("/queue", oids=",".join(map(str, oids)))
    page = person.submit(form, "Begin", release="dr19")
    assert (page.heading, "of 3" in page.source) == (str(oids[0]), True)


def test_a_list_that_another_page_posts_is_shown_and_kept_by_nobody(person, tags, oids):
    answer = person.visitor.client.post("/queue/list", {"oids": f"{oids[0]} <script>"})
    assert answer.status_code == 200
    assert f"{oids[0]} &lt;script&gt;</textarea>" in answer.content.decode()
    assert person.get("/queue/1").status == 404


def test_a_queue_is_of_who_made_it(begun, browsers):
    assert browsers["editor"].get("/queue/1").status == 404


def test_a_queue_ends_with_the_login(person, begun, people):
    person.submit(begun, "Log out")
    assert Visitor(people["expert"]).client.get("/queue/1").status_code == 404


def test_the_other_oids_of_the_star_are_shown(person, tags, oids, expert, monkeypatch):
    expert.annotate(oids[1], "EA")
    page = begin(person, oids)
    assert not page.tree.xpath("//ul[@class='siblings']")
    monkeypatch.setattr(
        "kdb.annotations.actions.siblings_of",
        lambda asked, most: __import__("kdb.annotations.siblings").annotations.siblings.Siblings(
            {oids[0]: {oids[1]}}, {oids[0]: "sources"}
        ),
    )
    shown = person.get("/queue/1").texts("//ul[@class='siblings']/li")
    assert len(shown) == 1
    assert shown[0].startswith(f"other OID {oids[1]}: EA")
