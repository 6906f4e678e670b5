"""Pages: the record of an OID, and annotating it."""

from __future__ import annotations

import pytest
from django.utils import timezone
from support.kdb import new_oid

from kdb.annotations.models import Annotation, Neighbours
from kdb.pages.views import record
from kdb.tags import edit


@pytest.fixture
def browser(browsers):
    """An expert's browser."""
    return browsers["expert"]


def said(page):
    """What the record says now, by name."""
    section = page.tree.xpath("//section[@aria-labelledby='now']//dl")[0]
    names = [part.text_content() for part in section.xpath("./dt")]
    values = [" ".join(part.text_content().split()) for part in section.xpath("./dd")]
    return dict(zip(names, values, strict=True))


def annotate(browser, oid, /, **values):
    """Annotate through the page; returns what follows."""
    page = browser.get(f"/objects/{oid}")
    button = "Record the change" if "Record the change" in page.texts("//button") else "Record"
    return browser.submit(page, button, **values)


def test_an_expert_annotates(browser, tags):
    oid = new_oid()
    page = annotate(browser, oid, release="dr19", tags=["SN", "uncertain"], description="π\r\nTwo")
    assert page.path == f"/kdb/objects/{oid}"
    assert page.texts("//ul[@class='messages']/li") == ["Your annotation is recorded."]
    now = said(page)
    assert (now["Tags"], now["Description"], now["Release"]) == ("SN uncertain", "π Two", "dr19")
    assert (now["Author"], now["Public"]) == ("The expert", "yes")
    row = Annotation.objects.get(oid=oid)
    assert (row.text.replace("\r", ""), row.public, row.previous_id) == ("π\nTwo", True, None)
    # Told once.
    assert browser.get(f"/objects/{oid}").texts("//ul[@class='messages']/li") == []


def test_the_form_holds_what_is_recorded(browser, browsers, expert, tags):
    made = expert.annotate(new_oid(), "SN", "EA", description="\n a <b>", public=False)
    values = browsers["editor"].get(f"/objects/{made['oid']}").values("Record the change")
    del values["csrfmiddlewaretoken"]
    assert values == {
        "tags": ["SN", "EA"],
        "description": made["description"],
        "release": "dr19",
        "based_on": str(made["id"]),
    }


def test_a_change_adds_to_the_history(browser, browsers, expert, tags):
    oid = expert.annotate(new_oid(), "VAR", description="first")["oid"]
    page = annotate(browsers["editor"], oid, tags=["SN"], release="dr24")
    assert [row["Tags"] for row in page.rows()] == ["SN", "VAR"]
    assert page.rows()[0]["What changed"] == "changed +SN −VAR"
    assert page.rows()[1]["What changed"] == "created +VAR"
    assert [row["Author"] for row in page.rows()] == ["The editor", "The expert"]
    assert [row["Release"] for row in page.rows()] == ["dr24", "dr19"]
    assert [row["No."].split()[-1] for row in page.rows()] == ["2", "1"]


def test_a_long_history_is_cut_and_the_oldest_shown_keeps_its_change(
    browser, expert, tags, monkeypatch
):
    monkeypatch.setattr(record, "SHOWN", 2)
    made = expert.annotate(new_oid(), "VAR")
    for name in ("SN", "EA"):
        made = expert.annotate(made["oid"], name, based_on=made["id"])
    rows = browser.get(f"/objects/{made['oid']}").rows()
    assert [row["No."].split()[-1] for row in rows] == ["3", "2"]
    assert [row["What changed"] for row in rows] == ["changed +EA −SN", "changed +SN −VAR"]


def test_author_and_time_cannot_be_sent(browser, browsers, people, tags):
    oid = new_oid()
    forged = {"author": "The editor", "author_id": "1", "created_at": "2001-01-01", "oid": "1"}
    annotate(browser, oid, release="dr19", tags=["SN"], **forged)
    row = Annotation.objects.get()
    assert (row.oid, row.author, row.created_at.year > 2001) == (oid, people["expert"], True)


def test_a_conflict_shows_both_versions(browser, browsers, expert, tags):
    oid = expert.annotate(new_oid(), "VAR")["oid"]
    page = browser.get(f"/objects/{oid}")
    annotate(browsers["editor"], oid, tags=["SN"], description="I was quicker")
    shown = browser.submit(
        page, "Record the change", tags=["EA"], description="mine", release="dr24"
    )
    assert shown.status == 409
    assert "There is a newer annotation on this OID" in shown.faults()
    yours, newer = shown.texts("//section[@class='conflict']//dl")
    assert yours.split() == ["TagsEA", "Descriptionmine", "Releasedr24", "Publicyes"]
    assert newer.startswith("TagsSN DescriptionI was quicker Releasedr19 Publicyes ByThe editor, ")
    assert Annotation.objects.filter(oid=oid).count() == 2
    # The form holds one's own; sending it once more follows the newer one.
    values = shown.values("Record the change")
    assert (values["tags"], values["description"], values["release"]) == (["EA"], "mine", "dr24")
    page = browser.submit(shown, "Record the change")
    assert (said(page)["Tags"], said(page)["Description"]) == ("EA", "mine")
    assert [row["Tags"] for row in page.rows()] == ["EA", "SN", "VAR"]


def test_two_first_annotations_conflict(browser, browsers, tags):
    oid = new_oid()
    page = browser.get(f"/objects/{oid}")
    annotate(browsers["editor"], oid, tags=["SN"], release="dr19")
    shown = browser.submit(page, "Record", tags=["EA"], release="dr19")
    assert shown.status == 409
    assert said(browser.submit(shown, "Record the change"))["Tags"] == "EA"


def test_a_forged_base_is_refused(browser, expert, tags):
    oid = expert.annotate(new_oid(), "VAR")["oid"]
    for base in ("0", "x", "-1", "9" * 30, "1.5", "null", "٣"):
        page = annotate(browser, oid, based_on=base)
        assert page.status in (400, 409), base
    assert Annotation.objects.filter(oid=oid).count() == 1


@pytest.mark.parametrize(
    ("values", "name", "shown"),
    [
        ({"release": ""}, "release", "This field may not be blank."),
        ({"release": "DR 19"}, "release", "Use a release's name, such as dr19."),
        ({"description": "x" * 10_001}, "description", "no more than 10000 characters"),
        ({"description": "a\0b"}, "description", "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_is_reported_at_its_input(browser, tags, values, name, shown):
    oid = new_oid()
    page = annotate(
        browser, oid, **{"release": "dr19", "tags": ["SN"], "description": "d"} | values
    )
    assert page.status == 400
    assert shown in page.fault_at(name)
    assert page.values("Record")["tags"] == ["SN"]
    assert not Annotation.objects.exists()


def test_unknown_tags_are_reported(browser, tags):
    page = annotate(browser, new_oid(), release="dr19", tags=["SN", "<i>"])
    assert page.status == 400
    assert "There is no tag '<i>'." in page.faults()


def test_tags_are_in_groups_with_their_descriptions(browser, editor, tags):
    editor.post("tags/", {"name": "N", "group": "Novae", "order": 5, "description": "A <nova>."})
    edit.change(None, tags["ghost"].pk, retired=True)
    edit.merge(None, tags["EA"].pk, tags["VAR"].pk)
    page = browser.get(f"/objects/{new_oid()}")
    assert page.texts("//fieldset/legend") == ["Novae", "Other tags"]
    assert page.texts("//fieldset[1]//label") == ["N"]
    assert page.texts("//fieldset[2]//label") == ["artefact", "VAR", "SN", "uncertain"]
    assert page.tree.xpath("//fieldset[1]//div[@title]/@title") == ["A <nova>."]
    (about,) = page.tree.xpath("//input[@value='N']/@aria-describedby")
    assert page.tree.get_element_by_id(about).text_content() == "A <nova>."


def test_a_retired_tag_can_be_kept(browser, expert, tags):
    oid = expert.annotate(new_oid(), "ghost")["oid"]
    edit.change(None, tags["ghost"].pk, retired=True)
    page = browser.get(f"/objects/{oid}")
    assert "ghost (retired)" in page.texts("//fieldset//label")
    assert said(annotate(browser, oid, description="still"))["Tags"] == "ghost"


def test_a_record_that_is_not_public(browser, browsers, tags):
    oid = new_oid()
    page = browser.get(f"/objects/{oid}")
    values = {"release": "dr19", "tags": ["SN"], "description": "hush"}
    form = page.values("Record")
    assert form.pop("public") == ["on"]
    browser.post(f"/objects/{oid}", **form | values)
    assert said(browsers["reader"].get(f"/objects/{oid}"))["Public"] == "no"
    page = browsers["anonymous"].get(f"/objects/{oid}")
    assert "hush" not in page.source
    assert "Nothing is recorded on this OID." in page.texts("//p")


def test_a_release_comes_with_the_address(browser, tags):
    page = browser.get(f"/objects/{new_oid()}", release="dr24")
    assert page.values("Record")["release"] == "dr24"


@pytest.mark.parametrize("role", ["anonymous", "reader"])
def test_readers_get_no_form(browsers, expert, tags, role):
    oid = expert.annotate(new_oid(), "SN", description="seen")["oid"]
    page = browsers[role].get(f"/objects/{oid}")
    assert said(page)["Description"] == "seen"
    assert not page.tree.xpath("//fieldset|//textarea")
    assert "Delete the record …" not in page.links()


def test_other_oids_of_the_star_are_marked(browsers, expert, tags, option):
    option(tap_url="http://127.0.0.1:9/tap")  # which need not be asked
    star = oid, other, bare = [new_oid() for _ in range(3)]
    for member in star:
        others = [each for each in star if each != member]
        Neighbours.objects.create(oid=member, others=others, asked_at=timezone.now())
    expert.annotate(other, "SN", description="over <there>")
    page = browsers["anonymous"].get(f"/objects/{oid}")
    (line,) = page.texts("//ul[@class='siblings']/li")
    assert line == (
        f"other OID {other}: SN over <there> The expert, " + line[-len("2024-01-01 00:00, dr19") :]
    )
    assert "Nothing is recorded on this OID." in page.texts("//p")
    assert f"Nothing is recorded on {bare}." in page.texts("//p")
    assert browsers["anonymous"].get(page.link(str(other))).heading == f"Record of {other}"


def test_a_service_of_positions_that_fails_is_reported(browsers, expert, tags, option):
    option(tap_url="http://127.0.0.1:9/tap")
    oid = expert.annotate(new_oid(), "SN")["oid"]
    page = browsers["anonymous"].get(f"/objects/{oid}")
    assert page.status == 200
    assert "These are not known now: The service that knows the stars' positions" in page.faults()
    assert said(page)["Tags"] == "SN"


def test_a_deletion_is_confirmed_and_kept_in_the_history(browser, browsers, expert, tags):
    oid = expert.annotate(new_oid(), "SN", description="wrong star")["oid"]
    page = browser.get(browser.get(f"/objects/{oid}").link("Delete the record …"))
    assert page.heading == f"Delete the record of {oid}?"
    assert "wrong star" in page.tree.text_content()
    page = browser.submit(page, "Delete", description="mixed up")
    assert page.texts("//ul[@class='messages']/li") == ["The record is deleted; its history stays."]
    assert "The record of this OID was deleted; its history is below." in page.texts("//p")
    assert [row["What changed"] for row in page.rows()] == ["deleted −SN", "created +SN"]
    assert page.rows()[0]["Description"] == "mixed up"
    assert browsers["anonymous"].get("/").oids() == []
    # And again.
    page = annotate(browser, oid, tags=["EA"], release="dr24")
    assert page.rows()[0]["What changed"] == "restored +EA"


def test_a_deletion_of_what_changed_meanwhile_is_not_done(browser, browsers, expert, tags):
    oid = expert.annotate(new_oid(), "SN")["oid"]
    page = browser.get(f"/objects/{oid}/delete")
    annotate(browsers["editor"], oid, tags=["EA"], description="look here")
    shown = browser.submit(page, "Delete")
    assert shown.status == 409
    assert "Nothing is deleted yet" in shown.faults()
    assert "look here" in shown.tree.text_content()
    assert len(browsers["anonymous"].get("/").oids()) == 1
    page = browser.submit(shown, "Delete")
    assert page.rows()[0]["What changed"] == "deleted −EA"


def test_nothing_cannot_be_deleted(browser, expert, tags):
    oid = new_oid()
    page = browser.get(f"/objects/{oid}/delete")
    assert (page.status, page.heading) == (404, "Not found")
    assert f"Nothing is recorded on {oid}" in page.faults()


@pytest.mark.parametrize("oid", ["7", "abc", "633407400004730", "6332074000047301"[::-1], "١" * 15])
def test_what_is_no_oid_is_not_found(browsers, oid):
    page = browsers["anonymous"].get(f"/objects/{oid}")
    assert page.status == 404
    assert "is not an OID" in page.faults()


def test_a_login_that_ended_is_reported_and_nothing_is_recorded(browser, tags):
    oid = new_oid()
    page = browser.get(f"/objects/{oid}")
    del browser.visitor.client.cookies["kdb_session"]
    shown = browser.submit(page, "Record", release="dr19", description="long thoughts")
    assert shown.status == 401
    assert "Your login may have ended" in shown.faults()
    assert not Annotation.objects.exists()
