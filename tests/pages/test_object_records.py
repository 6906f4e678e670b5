"""The records of experts on the object page: read by everyone, written by who is logged in."""

from __future__ import annotations

import itertools
import os

import httpx
import pytest
from playwright.sync_api import Page, expect
from support.chromium import until
from support.experts import API, person

from tour.expert import new_password
from ztfvo.settings import get_settings

HOSTILE = "<img src=x onerror=alert(1)> & \"quoted\" 'text' \u202eright to left"
AWAY = ("status of 404", "status of 409", "status of 503")
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def oid(tap) -> int:
    """A light curve that no other test records anything on."""
    rows = tap.search("SELECT TOP 8 oid FROM ztf.objects WHERE ngoodobs > 20 ORDER BY oid DESC")
    return int(rows[7]["oid"])


@pytest.fixture
def logged_in(visit, oid, others):
    """A function that logs a new expert in and opens the page."""

    def go() -> Page:
        login = f"panel-{os.getpid()}-{next(_numbers)}"
        password = new_password(get_settings(), login, login.capitalize())
        page = visit("/kdb/login", expected=AWAY)
        page.get_by_label("Login name").fill(login)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("button", name="Log out").wait_for()
        page.goto(f"/view/{oid}")
        page.locator("form.record").wait_for()
        return page

    return go


def recorded(site: str, oid: int) -> dict:
    return httpx.get(f"{site}{API}objects/{oid}/").json()


def said(page: Page):
    return page.locator("#records-panel > [role=status]")


def test_an_expert_records_tags_and_text_and_sees_them_in_the_history(logged_in, site, oid):
    page = logged_in()
    page.get_by_label("uncertain", exact=True).hover()
    page.get_by_label("uncertain", exact=True).check()
    expect(page.locator(".hint")).to_contain_text("uncertain: ")
    page.get_by_label("Description", exact=True).fill(HOSTILE)
    page.get_by_role("button", name="Record", exact=True).click()
    expect(said(page)).to_contain_text("Recorded, 20")
    current = recorded(site, oid)["current"]
    assert (current["tags"], current["description"]) == (["uncertain"], HOSTILE)
    assert current["release"] == "demo"
    page.get_by_text(f"History of {oid}").click()
    row = page.locator(".history tbody tr").first
    expect(row).to_contain_text("uncertain")
    expect(row.locator("td.text")).to_have_text(HOSTILE)


def test_what_another_expert_recorded_meanwhile_is_shown_and_not_written_over(logged_in, site, oid):
    page = logged_in()
    other = person(site)
    other.annotate(oid, "VAR", description="seen first")
    page.get_by_label("Description", exact=True).fill("seen second")
    page.get_by_role("button", name="Record", exact=True).click()
    expect(said(page)).to_contain_text("recorded something meanwhile: VAR. seen first")
    assert recorded(site, oid)["current"]["description"] == "seen first"
    expect(page.get_by_label("Description", exact=True)).to_have_value("seen second")
    page.get_by_role("button", name="Record", exact=True).click()
    expect(said(page)).to_contain_text("Recorded, 20")
    assert recorded(site, oid)["current"]["description"] == "seen second"


def test_a_visitor_reads_the_history_and_is_shown_where_to_log_in(visit, oid, others):
    page = visit(f"/view/{oid}", expected=AWAY)
    expect(page.locator("#records-panel").get_by_role("link", name="Log in")).to_be_visible()
    expect(page.locator("form.record")).to_be_hidden()
    page.get_by_text(f"History of {oid}").click()
    until(page, "document.querySelectorAll('.history td, .history p').length > 0")
