"""The recorded pairs of epochs and image names, as a release without names and as metadata."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from support.files import SHARED, write_bulk
from ztfvo.images.metadata import JD_OF_MJD_ZERO
from ztfvo.images.products import Image
from ztfvo.oid import split
from ztfvo.times import heliocentric_orbit, mid_exposure

FILE = SHARED / "ztf-images" / "derived" / "fits_name_pairs.csv.gz"


class Pair(NamedTuple):
    """One epoch and its image."""

    oid: int
    hmjd: float
    """Heliocentric MJD, UTC, five decimals, as in the bulk files."""
    image: Image
    path: str
    obsmjd: float
    """Start, MJD, UTC, at Palomar."""
    exptime: float


@cache
def pairs() -> tuple[Pair, ...]:
    """All 23,935 pairs, of as many images."""
    with gzip.open(FILE, "rt", encoding="ascii") as lines:
        return tuple(_pair(row) for row in csv.DictReader(lines))


@cache
def positions() -> dict[int, tuple[float, float]]:
    """Median position of each OID, ICRS, deg, to single precision as in the bulk files."""
    found = defaultdict(list)
    with gzip.open(FILE, "rt", encoding="ascii") as lines:
        for row in csv.DictReader(lines):
            found[int(row["oid"])].append((float(row["ra"]), float(row["dec"])))
    return {
        oid: tuple(float(value) for value in np.median(places, axis=0).astype(np.float32))
        for oid, places in found.items()
    }


@cache
def middles() -> np.ndarray:
    """Middle of the exposure of each pair, from its HMJD alone: MJD, UTC, at Palomar."""
    ra, dec = np.radians([positions()[pair.oid] for pair in pairs()]).T
    direction = np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], axis=1)
    hmjd = np.array([pair.hmjd for pair in pairs()])
    return mid_exposure(hmjd, direction, heliocentric_orbit(hmjd))


def write_light_curves(path: Path) -> Path:
    """Write the epochs as a bulk file, which names no images; magnitudes are made."""
    curves = defaultdict(list)
    for number, pair in enumerate(pairs()):
        curves[pair.oid].append((pair.hmjd, number))
    rows = defaultdict(list)
    for oid, epochs in curves.items():
        parts = split(oid)
        hmjd, numbers = zip(*sorted(epochs), strict=True)
        ra, dec = positions()[oid]
        for name, value in {
            "objectid": oid,
            "filterid": parts.filterid,
            "fieldid": parts.fieldid,
            "rcid": parts.rcid,
            "objra": ra,
            "objdec": dec,
            "nepochs": len(hmjd),
            "hmjd": list(hmjd),
            "mag": [15 + number % 997 / 500 for number in numbers],
            "magerr": [0.01] * len(hmjd),
            "clrcoeff": [number / 2**20 for number in numbers],
            "catflags": [32768 * (number % 5 == 0) for number in numbers],
        }.items():
            rows[name].append(value)
    return write_bulk(path, rows)


def metadata(chosen: list[Pair]) -> list[dict[str, float]]:
    """Rows of image metadata, with the columns that IRSA has."""
    return [
        {
            "obsjd": round(pair.obsmjd + JD_OF_MJD_ZERO, 7),
            "exptime": pair.exptime,
            "filefracday": pair.image.filefracday,
            "field": pair.image.fieldid,
            "ccdid": pair.image.ccdid,
            "qid": pair.image.qid,
            "fid": pair.image.filterid,
        }
        for pair in chosen
    ]


def _pair(row: dict[str, str]) -> Pair:
    parts = split(int(row["oid"]))
    image = Image(parts.fieldid, parts.rcid, parts.filterid, int(row["filefracday"]))
    return Pair(
        int(row["oid"]),
        float(row["hmjd"]),
        image,
        f"sci/{row['fits_path']}",
        float(row["obsmjd_start"]),
        float(row["exptime"]),
    )
