"""The queue of the knowledge database, as an expert uses it: by keys, and without scripts."""

from __future__ import annotations

import itertools
import os

import httpx
import pytest
from support.axe import grave_faults
from support.chromium import NARROW
from support.experts import API

from tour.expert import new_password
from ztfvo.settings import get_settings

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def oids(tap):
    """Three light curves of the release."""
    rows = tap.search("SELECT TOP 3 oid FROM ztf.objects WHERE ngoodobs > 20 ORDER BY oid DESC")
    return [int(row["oid"]) for row in rows]


@pytest.fixture
def begin(visit, oids):
    """A function that logs a new expert in and begins a queue, with options of the window."""

    def go(**options):
        login = f"queue-{os.getpid()}-{next(_numbers)}"
        password = new_password(get_settings(), login, login.capitalize())
        page = visit(f"/kdb/login?next=queue?oids={','.join(map(str, oids))}", **options)
        page.get_by_label("Login name").fill(login)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Log in").click()
        page.get_by_label("Release").fill("demo")
        page.get_by_role("button", name="Begin").click()
        return page

    return go


def at(page, oids, place):
    """Wait for a place of the queue."""
    page.get_by_role("heading", level=1, name=str(oids[place - 1])).wait_for()
    page.wait_for_load_state("load")  # then its keys are listened to
    assert page.url.endswith(f"/kdb/queue/{place}")


def recorded(site, oid):
    return httpx.get(f"{site}{API}objects/{oid}/").json()


def test_a_list_is_tagged_by_keys(begin, site, oids):
    page = begin()
    at(page, oids, 1)
    picture = page.get_by_role("img", name=f"Light curve of {oids[0]}")
    assert picture.evaluate("(one) => one.decode().then(() => one.naturalWidth)") > 600
    before = recorded(site, oids[0])
    first = page.locator("[data-key='1']")
    tag, was = first.get_attribute("value"), first.is_checked()
    page.keyboard.press("1")
    assert first.is_checked() is not was
    page.keyboard.press("d")
    page.keyboard.type("1su written")
    assert first.is_checked() is not was
    page.keyboard.press("Control+Enter")
    at(page, oids, 2)
    made = recorded(site, oids[0])["current"]
    assert (tag in made["tags"], made["description"][-11:]) == (not was, "1su written")
    page.keyboard.press("s")
    at(page, oids, 3)
    assert "1 recorded, 1 skipped" in page.locator(".progress").inner_text()
    page.keyboard.press("u")
    at(page, oids, 1)
    assert f"Undone: {oids[0]}" in page.locator(".messages").inner_text()
    now = recorded(site, oids[0])
    old = before["current"]
    assert now["state"] == ("annotated" if old else "deleted")
    assert old is None or now["current"]["tags"] == old["tags"]
    page.keyboard.press("ArrowRight")
    at(page, oids, 2)
    page.keyboard.press("Backspace")
    at(page, oids, 1)


def test_enter_records_once_and_escape_leaves_the_description(begin, site, oids):
    page = begin()
    page.goto("/kdb/queue/2")
    number = lambda: len(  # noqa: E731
        httpx.get(f"{site}{API}objects/{oids[1]}/history/").json()["results"]
    )
    before = number()
    page.keyboard.press("d")
    page.keyboard.type(f"seen {os.urandom(4).hex()}")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    at(page, oids, 3)
    assert number() == before + 1
    page.keyboard.press("u")
    at(page, oids, 2)


def test_it_works_by_buttons_without_scripts(begin, site, oids):
    page = begin(java_script_enabled=False)
    at(page, oids, 1)
    assert not page.locator("kbd").first.is_visible()
    page.get_by_label("Description").fill(f"no scripts {os.urandom(4).hex()}")
    page.get_by_role("button", name="Record, next").click()
    at(page, oids, 2)
    page.get_by_role("button", name="Skip").click()
    at(page, oids, 3)
    page.get_by_role("button", name="Undo the last record").click()
    at(page, oids, 1)
    page.get_by_role("link", name="Next").click()
    at(page, oids, 2)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everyone_can_use_it_on_a_small_screen(begin, oids, scheme):
    page = begin(size=NARROW, color_scheme=scheme)
    at(page, oids, 1)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
    assert grave_faults(page) == []
    page.goto("/kdb/queue")
    assert grave_faults(page) == []
