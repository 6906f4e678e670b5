"""``python -m tour``, at the end of ``scripts/demo``."""

from __future__ import annotations

import os
import subprocess
import sys

from rich.console import Console

from tour.expert import new_password
from tour.records import EXPERT, SECOND
from ztfvo.settings import get_settings
from ztfvo.site.errors import SiteError
from ztfvo.site.identity import DATA, as_user

PASSWORDS = "ZTFVO_TOUR_PASSWORDS"


def main() -> int:
    """Run a cone search and an ADQL query, annotate stars, and print the addresses to open."""
    settings = get_settings()
    known = os.environ.get(PASSWORDS)
    if known is None:
        experts = (EXPERT, SECOND) if settings.kdb_workers else ()
        made = [new_password(settings, *expert) for expert in experts]
        # What answers say is read with the rights of the user who loads data.
        words = as_user(settings, DATA, [sys.executable, "-s", "-m", "tour"])
        own = {PASSWORDS: " ".join(made), "HOME": str(settings.home(DATA))}
        return subprocess.run(words, env=os.environ | own, check=False).returncode
    from tour.tour import tour  # its libraries are not for root

    tour(settings, Console(soft_wrap=True, highlight=False), known.split())
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SiteError as error:
        sys.exit(str(error))
