"""Records of an expert on the named stars of the demo release."""

from __future__ import annotations

import csv
from typing import Any

from tour.expert import Expert
from ztfvo.settings import Settings

EXPERT = ("demo-expert", "Demo expert")
SECOND = ("demo-second-expert", "Second demo expert")

#: The tag of each class of the demo's stars; those that are constant have none.
TAGS = {
    "SN": "SN",
    "AGN": "AGN",
    "XRB": "Eclipsing",
    "CV": "Cataclysmic",
    "RRAB": "RRAB",
    "RRC": "RR",
    "EW": "EW",
    "EA": "EA",
    "DCEP": "DCEP",
    "NOVA": "N",
    "M_dwarf_flare": "M_dwarf_flare",
    "YSO": "YSO",
    "ROT": "Rotating",
}

#: At half its orbital period a contact binary looks like a pulsating star.
MISTAKEN = "EW"
MISTAKE = ["RR", "uncertain"]


def stars(settings: Settings) -> list[dict[str, str]]:
    """Return the named stars that vary, each with the first of its OIDs."""
    with (settings.inputs / "demo" / "stars.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["class"] in TAGS]
    return list({row["name"]: row for row in reversed(rows)}.values())[::-1]


def annotate(settings: Settings, expert: Expert, password: str) -> int:
    """Record the class of each star on which nothing is recorded; return for how many.

    Parameters
    ----------
    password
        Of the second expert.
    """
    wanted = {int(star["oid"]): star for star in stars(settings)}
    states = expert.states(wanted)
    new = {oid: star for oid, star in wanted.items() if states[oid]["newest"] is None}
    mistaken = [oid for oid, star in new.items() if star["class"] == MISTAKEN]
    if mistaken:
        with Expert(settings, SECOND[0], password) as second:
            second.annotate(mistaken[0], MISTAKE, _mistake(new[mistaken[0]]))
    for oid, star in new.items():
        expert.annotate(oid, [TAGS[star["class"]]], describe(star))
    return len(new)


def describe(star: dict[str, Any]) -> str:
    """Return a remark that says what the star is, and that it was made for the demo."""
    words = [f"Made for the demo: {star['name']}, {star['class']}"]
    if star["period"]:
        words.append(f"period {star['period']} d")
    if star["note"]:
        words.append(star["note"])
    return "; ".join(words) + "."


def _mistake(star: dict[str, Any]) -> str:
    return (
        "Made for the demo: looks like an RR Lyrae star at the highest peak of the periodogram, "
        f"{float(star['period']) / 2:.6f} d."
    )
