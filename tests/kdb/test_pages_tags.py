"""Pages: the tags, their instructions and their editor."""

from __future__ import annotations

import pytest
from support.kdb import new_oid

from kdb.tags import edit
from kdb.tags.models import Tag


@pytest.fixture
def browser(browsers):
    """A tag editor's browser."""
    return browsers["editor"]


@pytest.fixture
def given(expert, tags):
    """Two objects with SN, one of them with EA, too."""
    return expert.annotate(new_oid(), "SN")["oid"], expert.annotate(new_oid(), "SN", "EA")["oid"]


def shown(page):
    """What was done, as the page says."""
    return page.texts("//ul[@class='messages']/li")


@pytest.mark.parametrize("role", ["anonymous", "reader", "expert"])
def test_everyone_reads_instructions_and_tags(browsers, given, role):
    page = browsers[role].get("/tags")
    (text,) = page.texts("//section[@aria-labelledby='instructions']")
    for name in ("artefact", "bright_star", "uncertain", "non-catalogued", "VAR"):
        assert name in page.texts("//section[@aria-labelledby='instructions']//code")
    assert "An artefact always gets artefact" in text
    found = {row["Tag"]: row["Objects"] for row in page.rows()}
    assert found == {
        "artefact": "0",
        "ghost": "0",
        "VAR": "0",
        "SN": "2",
        "uncertain": "0",
        "EA": "1",
    }
    assert "Add the tag" not in page.texts("//button")


def test_a_count_leads_to_the_objects(browsers, given):
    page = browsers["anonymous"].get("/tags")
    assert browsers["anonymous"].get(page.link("2")).oids() == [given[1], given[0]]


def test_tags_are_in_groups_in_their_order(browsers, tags):
    edit.change(None, tags["EA"].pk, group="Variables", order=1, description="A <star>")
    edit.change(None, tags["VAR"].pk, group="Variables")
    edit.change(None, tags["ghost"].pk, group="Artefacts")
    page = browsers["anonymous"].get("/tags")
    assert page.texts("//caption") == ["Variables", "Artefacts", "Other tags"]
    assert [row["Tag"] for row in page.rows(0)] == ["EA", "VAR"]
    assert page.rows(0)[0]["Meaning"] == "A <star>"


def test_an_editor_adds_a_tag(browser, tags, people):
    page = browser.get("/tags")
    assert page.values("Add the tag")["order"] == "60"
    values = {"name": "RRAB", "description": "Type ab.", "group": "Pulsating", "order": "-3"}
    page = browser.submit(page, "Add the tag", **values)
    assert shown(page) == ["The tag RRAB is added."]
    tag = Tag.objects.get(name="RRAB")
    assert (tag.description, tag.group, tag.order, tag.retired) == (
        "Type ab.",
        "Pulsating",
        -3,
        False,
    )
    assert tag.events.get().actor == people["editor"]


def test_an_editor_orders_a_group_at_once(browser, tags, people):
    for name in ("SN", "VAR", "EA"):
        edit.change(None, tags[name].pk, group="Stars")
    page = browser.get("/tags")
    values = page.values("Save this order")
    del values["csrfmiddlewaretoken"]
    assert values == {"order-VAR": "20", "order-SN": "30", "order-EA": "50"}
    page = browser.submit(page, "Save this order", **{"order-EA": "-5", "order-ghost": "-7"})
    assert shown(page) == ["Tags with a new place: 2."]
    names = page.texts("//tbody/tr/th")
    assert names == ["EA", "VAR", "SN", "ghost", "artefact", "uncertain"]
    changed = [tag.events.last().after for tag in Tag.objects.filter(name__in=("EA", "VAR"))]
    assert changed == [{"order": -5}, {"group": "Stars"}]


def test_an_order_that_is_none_changes_nothing(browser, tags):
    page = browser.get("/tags")
    wrong = {"order-uncertain": "-5", "order-SN": "<b>", "order-EA": ""}
    page = browser.submit(page, "Save this order", **wrong)
    assert page.status == 400
    assert "No order is changed." in page.faults()
    assert "SN: A valid integer is required.EA: A valid integer" in page.faults()
    assert Tag.objects.get(name="uncertain").order == tags["uncertain"].order


@pytest.mark.parametrize(
    ("values", "name", "said"),
    [
        ({"name": "two words"}, "name", "Use 1 to 64 letters, digits, _ and -."),
        ({"name": ""}, "name", "This field may not be blank."),
        ({"name": "sn"}, "name", "There is a tag 'SN' already."),
        ({"name": "X", "order": "first"}, "order", "A valid integer is required."),
        ({"name": "X", "order": "9999999"}, "order", "less than or equal to 1000000"),
        ({"name": "X", "group": "g" * 65}, "group", "no more than 64 characters"),
    ],
)
def test_what_is_wrong_with_a_tag_is_reported_at_its_input(browser, tags, values, name, said):
    page = browser.submit(browser.get("/tags"), "Add the tag", **values)
    assert page.status == 400
    assert said in page.fault_at(name)
    assert Tag.objects.count() == 6


def test_an_editor_renames_and_reorders(browser, browsers, given):
    page = browser.get("/tags/SN")
    values = {"name": "Supernova", "order": "1", "group": "Transients", "description": "Boom."}
    page = browser.submit(page, "Change", **values)
    assert (page.path, shown(page)) == ("/kdb/tags/Supernova", ["The tag Supernova is changed."])
    assert [row["What"] for row in page.rows()] == ["created", "renamed", "changed"]
    assert page.rows()[1]["Change"] == "name: SN → Supernova"
    assert page.rows()[1]["Who"] == "The editor"
    assert "order: 30 → 1" in page.rows()[2]["Change"]
    record = browsers["anonymous"].get(f"/objects/{given[0]}")
    assert record.texts("//section[@aria-labelledby='now']//a[@class='tag']") == ["Supernova"]
    assert record.rows()[0]["Tags"] == "SN"
    page = browsers["anonymous"].get("/tags/SN")
    assert page.status == 404
    assert "It is now called 'Supernova'." in page.faults()


def test_a_merge_says_what_it_changes_and_does_it(browser, browsers, given):
    page = browser.submit(browser.get("/tags/EA"), "Go on …", into="VAR")
    assert page.heading == "Merge EA into VAR?"
    assert page.texts("//main//li")[0] == (
        "1 object with EA will be shown and found as VAR, which 0 objects have now."
    )
    assert not Tag.objects.get(name="EA").retired
    page = browser.submit(page, "Merge")
    assert shown(page) == ["The tag EA now counts as VAR."]
    assert "Merge into" not in page.texts("//label")
    assert browsers["anonymous"].get("/", tag="VAR").oids() == [given[1]]
    listed = browser.get("/tags").texts("//h3[@id='retired']/following-sibling::ul/li")
    assert listed == ["EA counts as VAR"]
    record = browsers["anonymous"].get(f"/objects/{given[1]}")
    assert record.rows()[0]["Tags"] == "SN EA"


@pytest.mark.parametrize("into", ["", "EA", "nothing", "ghost", "<b>"])
def test_a_merge_that_cannot_be_is_refused(browser, tags, into):
    edit.change(None, tags["ghost"].pk, retired=True)
    page = browser.get("/tags/EA/merge", into=into)
    assert page.status == 400
    assert "to merge into" in page.faults()
    assert "Merge" not in page.texts("//button")
    assert browser.post("/tags/EA/merge", into=into).status in (400, 409)
    assert not Tag.objects.filter(merged_into__isnull=False).exists()


def test_retirement_says_what_it_changes_and_can_be_undone(browser, given):
    page = browser.get(browser.get("/tags/SN").link("Retire SN …"))
    assert "2 objects keep it, until someone takes it away." in page.texts("//main//li")
    assert not Tag.objects.get(name="SN").retired
    page = browser.submit(page, "Retire")
    assert shown(page) == ["The tag SN is retired."]
    assert Tag.objects.get(name="SN").retired
    listed = browser.get("/tags").texts("//h3[@id='retired']/following-sibling::ul/li")
    assert listed == ["SN is retired; 2 objects still have it"]
    page = browser.submit(browser.get(page.link("Bring SN back …")), "Bring back")
    assert shown(page) == ["The tag SN is in use again."]
    assert not Tag.objects.get(name="SN").retired


def test_a_merged_tag_is_not_brought_back(browser, tags):
    edit.merge(None, tags["EA"].pk, tags["VAR"].pk)
    assert "stays so" in browser.get("/tags/EA/retire").faults()
    page = browser.post("/tags/EA/retire", retired="false")
    assert page.status == 400
    assert "It was merged into another tag" in page.faults()
    assert browser.post("/tags/SN/retire", retired="perhaps").status == 400


@pytest.mark.parametrize("role", ["anonymous", "reader", "expert"])
@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("/tags", {"name": "X"}),
        ("/tags/SN", {"name": "X"}),
        ("/tags/SN/merge", {"into": "VAR"}),
        ("/tags/SN/retire", {"retired": "true"}),
    ],
)
def test_only_editors_change_tags(browsers, tags, role, path, values):
    status = 401 if role == "anonymous" else 403
    assert browsers[role].post(path, **values).status == status
    assert set(Tag.objects.filter(retired=False).values_list("name", flat=True)) == set(tags)


def test_hostile_descriptions_are_texts(browser, browsers, tags):
    hostile = "<script>alert(1)</script>\" onmouseover='x' {{ 1 }}"
    edit.change(None, tags["SN"].pk, description=hostile, group=hostile[:64])
    for path in ("/tags", "/tags/SN", f"/objects/{new_oid()}"):
        page = browser.get(path)
        assert not page.tree.xpath("//script|//@onmouseover")
        assert hostile in page.tree.text_content()
