"""The page of a light curve, as several tests wait for it."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect


def drawn(page: Page) -> None:
    """Wait until the light curve is drawn."""
    expect(page.locator("#plot-said")).to_contain_text(re.compile("points? of"))


def query_of(page: Page) -> dict[str, list[str]]:
    """Return the parameters of the address that the page has by now."""
    return parse_qs(urlsplit(page.url).query)


def all_asked(page: Page) -> None:
    """Wait until all catalogues have answered, or have not."""
    said = page.locator("#matches").get_by_role("status")
    expect(said).to_have_text(re.compile(r"catalogues have something((?!still asked).)*$"))
