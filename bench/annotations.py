"""Made-up annotations with the frequencies of real ones, as a file to import."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

SEED = 4568

OBJECTS_WITH_TAG = {
    "artefact": 2216, "bright_star": 645, "uncertain": 623, "ghost": 471, "1-point": 265,
    "QSO": 265, "defocusing": 262, "VAR": 260, "SN": 248, "M_dwarf_flare": 247, "spike": 239,
    "non-catalogued": 238, "M": 228, "frame_edge": 210, "track": 191, "Galaxy": 181, "AGN": 171,
    "column": 165, "Asteroid": 157, "TNS_candidate": 116, "STAR": 102, "Eclipsing": 77, "SR": 75,
    "EW": 70, "Pulsating": 68, "EA": 58, "Cataclysmic": 52, "SNIa": 48, "CCSN": 35, "RRAB": 34,
    "UG": 32, "RR": 32, "slew": 32, "LPV": 21, "AM": 12, "LSB": 12, "UGSU": 12, "EB": 11,
    "cosmic": 10, "N": 9, "L": 8, "RSG": 7, "SLSN": 7, "Hostless": 7, "UGSS": 5, "RSCVn": 5,
    "DSCT": 5, "Rotating": 4, "transient": 4, "BY": 4, "Eruptive": 4, "DCEP": 3, "interaction": 3,
    "UGZ": 3, "YSO": 3, "Lens": 2,
}  # fmt: skip
"""Objects with each tag in the SNAD team's knowledge database, public state of 2024-05-13."""

OBJECTS_WITH_SO_MANY = {0: 5, 1: 1861, 2: 1891, 3: 652, 4: 124, 5: 33, 6: 1, 8: 1}
"""Objects with each number of tags in the same."""

WITH_TEXT = 697 / 4568
"""Part of the objects that have a description in the same."""

AUTHORS = tuple(f"Expert {number}" for number in range(1, 13))
"""There are 12; half of the records are by the first three here."""

RELEASES = ("dr3", "dr8", "dr13", "dr17", "dr23")
PER_OBJECT = 2.0
"""Mean number of annotations of an object, which is an assumption."""

FIRST, LAST = datetime(2021, 3, 31, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
WORDS = (
    "see the reference image", "a neighbour within 2 arcsec is blended", "AAVSO VSX has it",
    "period is twice that of the catalogue", "eruption near the end of the light curve",
    "no counterpart in Gaia", "possible superoutburst", "host galaxy to the north",
    "flare in two epochs", "colour of a red giant", "spectrum wanted", "track of a satellite",
)  # fmt: skip


def write_annotations(path: Path, count: int, seed: int = SEED) -> int:
    """Write so many annotations as CSV that ``ztfvo kdb import`` reads; returns their objects.

    The same seed gives the same file.
    """
    generator = np.random.default_rng(seed)
    oids = object_ids(generator, max(1, round(count / PER_OBJECT)))
    # Everybody has one record; the others are spread unevenly.
    weights = generator.exponential(size=len(oids))
    others = generator.choice(oids, max(0, count - len(oids)), p=weights / weights.sum())
    chosen = generator.permutation(np.concatenate([oids[:count], others]))
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("oid", "tags", "description", "author", "time", "release"))
        table.writerows(_rows(generator, chosen))
    return len(oids)


def object_ids(generator: np.random.Generator, count: int) -> np.ndarray:
    """Different OIDs of all fields, filters, CCDs and quadrants."""
    found = np.empty(0, np.int64)
    while len(found) < count:
        size = 2 * count
        parts = (
            generator.integers(202, 1896, size), generator.integers(1, 4, size),
            generator.integers(1, 17, size), generator.integers(1, 5, size),
            generator.integers(0, 30_000, size),
        )  # fmt: skip
        field, band, ccd, quadrant, source = parts
        made = field * 10**12 + band * 10**11 + ccd * 10**9 + quadrant * 10**8 + source
        found = np.unique(np.concatenate([found, made]))
    return generator.permutation(found)[:count]


def _rows(generator: np.random.Generator, oids: np.ndarray) -> Iterator[tuple[Any, ...]]:
    names = np.array(list(OBJECTS_WITH_TAG))
    tag_weights = np.array(list(OBJECTS_WITH_TAG.values()), float)
    tag_weights /= tag_weights.sum()
    sizes = np.array(list(OBJECTS_WITH_SO_MANY))
    size_weights = np.array(list(OBJECTS_WITH_SO_MANY.values()), float)
    many = generator.choice(sizes, len(oids), p=size_weights / size_weights.sum())
    author_weights = 1 / np.arange(1, len(AUTHORS) + 1)
    authors = generator.choice(AUTHORS, len(oids), p=author_weights / author_weights.sum())
    seconds = np.sort(generator.integers(0, int((LAST - FIRST).total_seconds()), len(oids)))
    has_text = generator.random(len(oids)) < WITH_TEXT
    for number, oid in enumerate(oids):
        tags = generator.choice(names, many[number], replace=False, p=tag_weights)
        words = generator.choice(WORDS, 3, replace=False) if has_text[number] else ()
        time = FIRST + timedelta(seconds=int(seconds[number]))
        release = RELEASES[number * len(RELEASES) // len(oids)]
        text = "; ".join(words) + f" ({number})" if has_text[number] else ""
        yield oid, "|".join(tags), text, authors[number], time.isoformat(), release
