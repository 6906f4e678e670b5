"""A first look at a running site: two queries, an annotation, the addresses to open."""

from __future__ import annotations

import numpy as np
import pyvo
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tour import records
from tour.expert import Expert
from ztfvo.addresses import CONE, STATUS, TAP, of_release, view
from ztfvo.releases import EXAMPLE
from ztfvo.settings import Settings
from ztfvo.store.names import DEFAULT

#: HZ Herculis, the X-ray binary Her X-1: it is in the demo release in four light curves.
POSITION = (254.45755, 35.34236)
ARCSEC = 1 / 3600

QUERY = """
SELECT TOP 5 oid, filter, ngoodobs, mag_median, mag_amplitude, chi2_red
FROM ztf.objects
WHERE mag_amplitude > 0.3 AND ngoodobs > 50
ORDER BY chi2_red DESC
"""

ANNOTATED = """
SELECT k.tags, k.author, k.changed_at, o.mag_median
FROM kdb.objects AS k JOIN ztf.objects AS o ON o.oid = k.oid
WHERE k.oid = {oid}
"""


def tour(settings: Settings, console: Console, passwords: list[str]) -> None:
    """Run the two queries through pyvo, annotate a star, and print the site's addresses.

    Parameters
    ----------
    passwords
        Of the demo's two experts; none without a knowledge database.
    """
    base = settings.local_url
    ra, dec = POSITION
    cone = pyvo.dal.SCSService(base + of_release(DEFAULT, CONE)).search(
        pos=POSITION, radius=1.5 * ARCSEC
    )
    columns = ("oid", "ra", "dec", "filter", "nobs", "mag_mean")
    _print(console, f"Cone search, 1.5 arcsec around HZ Her ({ra}, {dec})", cone, columns)
    rows = pyvo.dal.TAPService(base + TAP).search(QUERY)
    _print(console, f"ADQL: {' '.join(QUERY.split())}", rows, rows.fieldnames)
    if passwords:
        _annotate(settings, console, *passwords)
    console.print("Open in a browser, TOPCAT, Aladin or pyvo:")
    for path, use in (
        ("/", "all that is here"),
        (view(DEFAULT, EXAMPLE), "one light curve, on a page"),
        ("/ztf/ztf/cone/form", "search form"),
        ("/__system__/adql/query/form", "ADQL in the browser"),
        ("/tap", "TAP, for TOPCAT and pyvo"),
        ("/scs", "cone search of the default release"),
        ("/kdb/", "knowledge database: what experts recorded"),
        (STATUS, "what works, and what is loaded"),
    ):
        console.print(f"  {settings.url}{path:30} {use}")
    console.print("Stop it with scripts/serve stop; it keeps all data.")


def _annotate(settings: Settings, console: Console, password: str, second: str) -> None:
    """Log in as the demo's expert, record something, and show it as TAP does."""
    login, _ = records.EXPERT
    with Expert(settings, login, password) as expert:
        if added := records.annotate(settings, expert, second):
            console.print(f"Knowledge database: {added} stars of the demo annotated")
        star = next(row for row in records.stars(settings) if row["name"] == "HZ Her")
        tags = [records.TAGS[star["class"]]]
        made = expert.annotate(int(star["oid"]), tags, records.describe(star))
    console.print(
        f"Logged in as {login} ({expert.who['role']}; its password until the next tour: "
        f"{password}) and recorded no. {made['number']} on {made['oid']}. In TAP:",
        markup=False,
    )
    query = ANNOTATED.format(oid=made["oid"])
    rows = pyvo.dal.TAPService(settings.local_url + TAP).search(query)
    _print(console, f"ADQL: {' '.join(query.split())}", rows, rows.fieldnames)


def _print(console: Console, title: str, rows: pyvo.dal.DALResults, columns: tuple[str]) -> None:
    table = Table(*columns, title=title, title_justify="left", box=SIMPLE_HEAD)
    for row in rows:
        table.add_row(*(_text(row[column]) for column in columns))
    console.print(table)


def _text(value: object) -> str:
    if isinstance(value, np.floating):
        return f"{value:.5f}" if value.itemsize == 8 else f"{value:.3f}"
    return str(value)
