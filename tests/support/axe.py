"""What axe finds on a page that keeps people from using it."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page

PROGRAM = Path(sys.prefix) / "vendor-tests" / "axe.min.js"
GRAVE = ("serious", "critical")


def grave_faults(page: Page) -> list[str]:
    """Return the rules that the page breaks badly, each with the elements that do."""
    page.evaluate(PROGRAM.read_text("utf-8") + "; undefined")
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{one['id']}: {[node['html'][:120] for node in one['nodes'][:4]]}"
        for one in found["violations"]
        if one["impact"] in GRAVE
    ]
