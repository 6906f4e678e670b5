"""Pan-STARRS DR2: magnitudes of stacked images, from MAST."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from ztfvo.outside.client import Asker, Reply
from ztfvo.outside.columns import number, position, text, whole
from ztfvo.outside.model import Column, Malformed, Place, Row, Source, Yields
from ztfvo.outside.rows import read_rows

HOST = "https://catalogs.mast.stsci.edu"
STACK = f"{HOST}/api/v0.1/panstarrs/dr2/stack.json"
MOST_ROWS = 500
MARGIN = 1.0
"""arcsec that a cone is wider than the radius."""
BANDS = {"g": "em.opt.B", "r": "em.opt.R", "i": "em.opt.I", "z": "em.opt.I", "y": "em.IR.NIR"}
NULLS = ("None", "nan", -999.0, "-999", "-999.0")
"""What stands for no value besides null: the service has all of these."""


def _magnitudes(kind: str, what: str) -> Iterable[Column]:
    for band, ucd in BANDS.items():
        name = f"{band}{kind}Mag"
        yield number(name, "mag", f"phot.mag;{ucd}", f"{what} in {band} (AB)", nulls=NULLS)
        error = f"stat.error;phot.mag;{ucd}"
        yield number(f"{name}Err", "mag", error, f"Standard error of {name}", nulls=NULLS)


_MAGNITUDES = (*_magnitudes("PSF", "PSF magnitude"), *_magnitudes("Ap", "Aperture magnitude"))
_COLUMNS = (
    text("objName", "meta.id;meta.main", "Designation, from the position"),
    whole("objID", "meta.id", "Number of the object", nulls=NULLS),
    *position("raMean", "decMean"),
    whole("nDetections", "meta.number", "Detections in single images: 0 in stacks only"),
    *_MAGNITUDES,
)
_PRIMARY = whole("primaryDetection", "meta.code", "1 in the image that the object belongs to")


async def _find(
    asker: Asker, source: Source, place: Place, radius: float
) -> Sequence[Mapping[str, Any]]:
    keys = [column.key for column in (*_COLUMNS, _PRIMARY)]
    asked = {
        "ra": place.ra,
        "dec": place.dec,
        "radius": f"{(radius + MARGIN) / 3600:.9f}",
        "columns": orjson.dumps(keys).decode(),
        "pagesize": MOST_ROWS,
    }
    declared = Source(**{**vars(source), "columns": (*_COLUMNS, _PRIMARY)})
    rows = read_rows(declared, _rows(await asker.get(STACK, asked)))
    by_object: dict[int | None, list[Row]] = {}
    for row in rows:
        if row["primaryDetection"] == 1:
            by_object.setdefault(row["objID"], []).append(row)
    return [_as_listed(_merged(found)) for found in by_object.values()]


def _rows(reply: Reply) -> list[Mapping[str, Any]]:
    """Return rows by names of columns, which the service writes as lists or as objects."""
    answer = reply.json()
    try:
        names = [one["name"] for one in answer["info"]]
        return [
            row if isinstance(row, dict) else dict(zip(names, row, strict=True))
            for row in answer["data"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed(
            "the JSON has not the members info and data of a table", reply.body
        ) from error


def _merged(rows: list[Row]) -> Row:
    """Return one row for an object that several images have.

    Magnitudes are averaged with inverse variances as weights.  The images overlap because the same
    exposures are in them, so that the error does not become smaller: it is that of the mean weight.
    """
    merged = dict(rows[0])
    for column in _MAGNITUDES if len(rows) > 1 else ():
        if column.name.endswith("Err"):
            continue
        known = [
            (row[column.name], row[f"{column.name}Err"])
            for row in rows
            if row[column.name] is not None and (row[f"{column.name}Err"] or 0) > 0
        ]
        if known:
            weights = [error**-2 for _, error in known]
            mean = sum(w * value for w, (value, _) in zip(weights, known, strict=True))
            merged[column.name] = mean / sum(weights)
            merged[f"{column.name}Err"] = math.sqrt(len(weights) / sum(weights))
    return merged


def _as_listed(row: Row) -> Row:
    return {column.key: row[column.name] for column in _COLUMNS}


SOURCE = Source(
    title="Pan-STARRS DR2 stacks",
    order=60,
    example=(187.2779154, 2.0523883),
    gives=("cross-match",),
    hosts=(HOST,),
    radius=5.0,
    largest_radius=60.0,
    epoch=2012.0,
    seconds=20.0,
    about="https://outerspace.stsci.edu/display/PANSTARRS/",
    record=f"{HOST}/api/v0.1/panstarrs/dr2/detection.csv?objID={{objID}}",
    citation="https://ui.adsabs.harvard.edu/abs/2016arXiv161205560C",
    licence="Public; MAST asks for an acknowledgement of the Pan-STARRS1 Surveys",
    find=_find,
    columns=_COLUMNS,
    yields=Yields(name="objName"),
)
