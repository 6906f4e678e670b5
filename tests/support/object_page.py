"""The page of a light curve, as several tests wait for it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def all_asked(page: Page) -> None:
    """Wait until all catalogues have answered, or have not."""
    said = page.locator("#matches").get_by_role("status")
    expect(said).to_have_text(re.compile(r"catalogues have something((?!still asked).)*$"))
