"""What the Variable Star Index (VSX) asks of who submits a new variable, as far as it is known."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord, get_constellation

from ztfvo import addresses
from ztfvo.bands import BANDS
from ztfvo.db import reading
from ztfvo.designation import designation
from ztfvo.links.curves import read
from ztfvo.products import produce
from ztfvo.products.derive import derive
from ztfvo.products.model import Curve, Product, Request
from ztfvo.products.parameters import FORMAT, ID
from ztfvo.products.stars import Star, star_of
from ztfvo.times import MJD_ORIGIN
from ztfvo.web.pages import page

FORM = "https://vsx.aavso.org/index.php?view=submit.top"
ENDS = (1.0, 99.0)
"""Percentiles that are given as the range of magnitudes, so that single bad epochs make none."""


def write(release: str, oid: int, period: float | None, epoch: float | None) -> bytes:
    """Write the page of a light curve's star.

    Parameters
    ----------
    release
        Name of a release, or `DEFAULT`.
    period, epoch
        Days, and heliocentric MJD (UTC) of phase 0; as the visitor found them, or None.

    Raises
    ------
    HTTPError
        404 where there is no such release or light curve.
    DatabaseDown
        When the database does not answer.
    """
    found = read(release, [oid]).get(oid)
    others = [one.oid for one in found.relatives if one.release == found.release] if found else []
    oids = (oid, *others)
    with reading() as connection:
        named = star_of(connection, release, oid)
    wanted = Request(release=release, oids=oids, format="json", good_only=True)
    product = derive(produce.fetch(wanted))
    star = named or Star(designation(*product.place), *product.place)
    return page(
        "submission.html",
        title=f"New variable: {oid}",
        simulated=product.simulated,
        form=FORM,
        back=addresses.view(release, oid),
        rows=_rows(product, star, period, epoch),
        files=_files(release, oids, oid, period, epoch),
        text=_text(product, period),
    )


def _rows(
    product: Product, star: Star, period: float | None, epoch: float | None
) -> list[dict[str, str]]:
    where = SkyCoord(star.ra, star.dec, unit="deg")
    hours = where.ra.to_string(u.hour, sep=" ", pad=True, precision=2)
    degrees = where.dec.to_string(u.deg, sep=" ", pad=True, precision=1, alwayssign=True)
    at = "" if epoch is None else f"{epoch + MJD_ORIGIN:.5f}"
    rows = [
        ("Name", star.name, "after the position; OIDs of ZTF are further names"),
        ("Other names", ", ".join(f"ZTF {curve.oid}" for curve in product.curves), ""),
        ("Position (J2000)", f"{hours} {degrees}", "ICRS"),
        ("Constellation", str(get_constellation(where)), ""),
        ("Variability type", "", "as VSX lists them"),
        *_ranges(product.curves),
        ("Period (d)", "" if period is None else f"{period:.10g}", "of the folded page"),
        ("Epoch (HJD, UTC)", at, "of maximum; of minimum for eclipsing stars"),
        *_extremes(product.curves),
        ("Spectral type", "", ""),
        ("Discoverer", "", ""),
    ]
    return [{"name": name, "value": value, "note": note} for name, value, note in rows]


def _ranges(curves: tuple[Curve, ...]) -> list[tuple[str, str, str]]:
    """Range of magnitudes of each band, of all its light curves."""
    rows = []
    for filterid, mags in _by_band(curves, "mag").items():
        bright, faint = np.percentile(mags, ENDS)
        note = f"AB, {ENDS[0]:g} and {ENDS[1]:g} per cent of {len(mags)} good epochs"
        band = BANDS[filterid].name[1:]
        rows.append((f"Range, Sloan-like {band}", f"{bright:.2f} - {faint:.2f} {band}", note))
    return rows


def _extremes(curves: tuple[Curve, ...]) -> list[tuple[str, str, str]]:
    """When the light curve asked for was brightest and faintest."""
    columns = curves[0].columns
    if not len(columns["mag"]):
        return []
    rows = []
    for what, at in (("Brightest", columns["mag"].argmin()), ("Faintest", columns["mag"].argmax())):
        value = f"{columns['hmjd'][at] + MJD_ORIGIN:.5f}"
        rows.append((f"{what} good epoch (HJD, UTC)", value, f"{columns['mag'][at]:.2f} mag"))
    return rows


def _by_band(curves: tuple[Curve, ...], name: str) -> dict[int, np.ndarray]:
    parts = defaultdict(list)
    for curve in curves:
        if len(curve):
            parts[curve.filterid].append(curve.columns[name])
    return {filterid: np.concatenate(arrays) for filterid, arrays in sorted(parts.items())}


def _files(
    release: str, oids: tuple[int, ...], oid: int, period: float | None, epoch: float | None
) -> list[dict[str, str]]:
    """Addresses of what is to be sent along."""
    good: dict[str, Any] = {ID: ",".join(map(str, oids)), "QUALITY": "good"}
    folded = good | {"PERIOD": period} if period is not None else good
    if period is not None and epoch is not None:
        folded = folded | {"EPOCH": epoch}
    curves = addresses.of_release(release, addresses.LIGHT_CURVES)
    plot = "Phase plot" if period is not None else "Light-curve plot"
    return [
        {"title": "Light curves (CSV)", "address": f"{curves}?{urlencode(good | {FORMAT: 'csv'})}"},
        {"title": f"{plot} (PNG)", "address": f"{curves}?{urlencode(folded | {FORMAT: 'png'})}"},
        {
            "title": "Finding chart (PNG)",
            "address": f"{addresses.epoch(release, oid, 'peak')}/cutout.png?SIZE=120",
        },
    ]


def _text(product: Product, period: float | None) -> str:
    """Remarks, to copy."""
    bands = ", ".join(sorted({curve.filter for curve in product.curves}, key="zg zr zi".index))
    epochs = sum(map(len, product.curves))
    found = f" Period {period:.10g} d." if period is not None else ""
    return (
        f"Found in {product.title} of the Zwicky Transient Facility (Masci et al. 2019, PASP 131,"
        f" 018003): {epochs} good epochs in {bands}.{found} Times are heliocentric (HJD, UTC),"
        " magnitudes AB."
    )
