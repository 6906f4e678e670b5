"""The page of light curves: the figure, what can be changed of it, facts and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.time import Time

from ztfvo import addresses, records
from ztfvo.bands import BANDS
from ztfvo.dal import BadParameter, Parameters, shorten
from ztfvo.dust import reading
from ztfvo.dust.maps import maps
from ztfvo.dust.model import DustError
from ztfvo.features.sets import sets
from ztfvo.links import ofcurve
from ztfvo.links.curves import read
from ztfvo.links.model import LightCurve
from ztfvo.oid import split
from ztfvo.products import request as requests
from ztfvo.products.beside import Beside, curve_sources, in_short, sentences
from ztfvo.products.model import Curve, Product, Request
from ztfvo.products.modelling import MODELLING, without_model
from ztfvo.products.notes import notes
from ztfvo.products.parameters import FORMAT, ID, PARAMETERS, QUANTITY, Choice, Number, Parameter
from ztfvo.products.points import of_curve
from ztfvo.products.series import plain
from ztfvo.products.writers import Writer, writers
from ztfvo.settings import get_settings
from ztfvo.supernovae import installing
from ztfvo.supernovae.declared import MODELS
from ztfvo.web.pages import HTML, page
from ztfvo.web.pages.scripts import imported


def write(product: Product) -> bytes:
    """Write the page of a product."""
    request = product.request
    lead = product.curves[0] if product.curves else None
    shown = [curve for curve in product.curves if request.asks_for(curve.oid)]
    first = _first(product)
    place = _place(lead) if lead is not None else ()
    return page(
        "lightcurve.html",
        title=_title(request),
        page=_data(product),
        modules=imported("object/object.js"),
        epochs=_epochs_asked_first(request),
        bands=sorted({curve.filter for curve in shown}, key="zg zr zi".index),
        place=place,
        where=_where(lead) if lead is not None else "",
        releases=_releases(product, first) if first else [],
        windows=sorted(product.windows),
        sources=_sources(request),
        star=_star(request, first),
        product=product,
        simulated=product.simulated,
        notes=notes(product),
        figure={
            "picture": _in(request, "png"),
            "print": _in(request, "pdf"),
            "text": _describe(product),
        },
        action=_page_of(request, *request.oids),
        fields=[_field(one, request) for one in PARAMETERS if one.label],
        kept=[
            (one.name, value)
            for one in PARAMETERS
            if not (one.label or one.name == WITH)
            for value in one.write(request)
        ],
        facts=_facts(lead, product, place) if len(shown) == 1 else {},
        rows=list(_rows(product)) if len(product.curves) > 1 else [],
        downloads=[
            (writer.names[0], _in(request, writer.names[0]), writer.figure) for writer in writers()
        ],
        records=_records(product, first),
        beside=[_beside(one) for one in product.beside],
        related=list(_related(product, first)) if product.curves else [],
    )


WITH = "WITH"
OWN = ("SHOW", "HIDE", "MATCH_RADIUS", "FEATURES")
"""Parameters of the page alone, for its scripts: the epoch whose image is shown (OID-HMJD), what is
not drawn, radii of catalogues as of `/match`, and the set of features."""
_EPOCH = re.compile(r"\d+-\d+(\.\d+)?")
_RADII = re.compile(r"(\w+:\d+(\.\d*)?(,|$))+")

WRITER = Writer(
    names=("html", "text/html"),
    extension="html",
    content_type=HTML,
    title="Page of the light curve",
    order=100,
    semantics="#documentation",
    write=write,
    cycles=1,
    figure=False,
    attachment=False,
    circles=False,
    models=True,
)
"""The page as a form of light curves."""


def require_own(given: Parameters) -> None:
    """Check the parameters of the page alone.

    Raises
    ------
    BadParameter
        400, where one cannot be used.
    """
    for name, pattern, remedy in (
        ("SHOW", _EPOCH, "name an epoch by OID and HMJD, as in SHOW=680113300005170-58300.25"),
        ("MATCH_RADIUS", _RADII, "give arcseconds by catalogue, as in MATCH_RADIUS=gaia:1,vsx:5"),
    ):
        text = given.text(name)
        if text and not pattern.fullmatch(text):
            raise BadParameter(name, f"{name}={shorten(text)} cannot be used: {remedy}.")
    version = given.text("FEATURES")
    if version and version not in sets():
        raise BadParameter(
            "FEATURES", f"FEATURES={shorten(version)} is not one of {', '.join(sets())}."
        )


def _title(request: Request) -> str:
    if request.title:
        return plain(request.title)
    first, *others = request.oids
    return f"{len(others) + 1} light curves" if others else f"Light curve {first}"


def _in(request: Request, form: str) -> str:
    """Address of the same request in another format, with the model only where it can be drawn."""
    shows = any(one.models and form in one.names for one in writers())
    if not shows or request.period is not None or request.deredden:
        request = without_model(request)
    return requests.address(replace(request, format=form))


def _epochs_asked_first(request: Request) -> str:
    """Address of the epochs as the scripts of the page ask for them first, letter by letter, so
    that the browser begins to load them with the page."""
    binned = request.bin is not None
    left_out = {WITH, "CYCLES", "TITLE", "CAPTION", *(one.name for one in MODELLING)}
    if not binned:
        left_out |= {"PERIOD", "EPOCH"}
    in_form = sorted(PARAMETERS, key=lambda one: not one.label)
    given = [
        *((ID, oid) for oid in request.oids),
        *(
            (one.name, value)
            for one in in_form
            if one.name not in left_out
            for value in one.write(request)
        ),
        (FORMAT, "json"),
    ]
    path = addresses.of_release(request.release, addresses.LIGHT_CURVES)
    return f"{path}?{urlencode(given)}"


def _page_of(request: Request, *oids: int) -> str:
    """Address of the page of light curves in the release of a request."""
    return addresses.view(request.release, *oids)


def _describe(product: Product) -> str:
    request = product.request
    against = "time" if request.period is None else f"phase with a period of {request.period:g} d"
    what = f"{_title(request)}: {QUANTITY.titles[request.quantity]} against {against}."
    if len(product.curves) == 1:
        what += f" {_epochs(product.curves[0], request)}."
    return what


def _field(parameter: Parameter, request: Request) -> dict[str, Any]:
    """What the form shows of a parameter."""
    written = (parameter.write(request) or [""])[0]
    field: dict[str, Any] = {"name": parameter.name, "label": parameter.label, "value": written}
    if not isinstance(parameter, Choice) and parameter.options:
        default, *others = parameter.options
        away = _maps_away()
        return field | {
            "kind": "menu",
            "options": [("", default, True), *((one, one, one not in away) for one in others)],
        }
    if not isinstance(parameter, Choice):
        return field | {
            "kind": "text",
            "mode": "decimal" if isinstance(parameter, Number) else "text",
        }
    words = list(parameter.meanings)
    if not parameter.titles and len(words) == 2:
        return field | {"kind": "check", "word": words[1], "checked": written == words[1]}
    options = [(word, parameter.titles.get(word, word)) for word in words]
    return field | {"kind": "choice", "options": options, "value": written or words[0]}


def _maps_away() -> set[str]:
    """Maps of dust that are not installed; those that cannot be read say so when they are asked."""
    try:
        return maps().keys() - reading.installed(get_settings()).keys()
    except DustError:
        return set()


def _data(product: Product) -> dict[str, Any]:
    """What the scripts of the page have to know: the light curves, and where to ask for what."""
    request = product.request
    oids = [str(oid) for oid in request.oids]
    first = {"ID": oids[0]}
    every = {"ID": ",".join(oids)}
    release = request.release
    in_release = partial(addresses.of_release, release)
    here = installing.names(get_settings())
    return {
        "oids": oids,
        "release": product.release,
        "feature_sets": [{"name": name, "title": one.title} for name, one in sets().items()],
        "models": [
            {"name": one.name, "type": one.type, "here": one.name in here}
            for one in sorted(MODELS.values(), key=lambda one: one.name not in here)
        ],
        "place": product.place,
        "addresses": {
            "view": _page_of(request, *oids),
            "lc": in_release(addresses.LIGHT_CURVES),
            "epoch": in_release(f"{addresses.EPOCH}/{oids[0]}"),
            "epochs": in_release(addresses.EPOCH),
            "features": f"{in_release(addresses.FEATURES)}?{urlencode(every)}",
            "periodogram": f"{in_release(addresses.PERIODOGRAM)}?{urlencode(every)}",
            "similar": f"{in_release(addresses.SIMILAR)}?{urlencode(first)}",
            "fit": in_release(addresses.FIT),
            "summary": f"{addresses.SUMMARY}?{urlencode(first)}",
            "match": f"{addresses.MATCH}?{urlencode(first)}",
            "views": in_release(addresses.VIEW),
            "kdb": addresses.knowledge() if get_settings().kdb_workers else None,
        },
    }


def _place(curve: Curve) -> tuple[str, str, str]:
    """A position in three notations: sexagesimal, in degrees, and galactic."""
    place = SkyCoord(curve.ra, curve.dec, unit="deg")
    hours = place.ra.to_string(u.hour, sep=":", precision=2, pad=True)
    degrees = place.dec.to_string(u.deg, sep=":", precision=1, pad=True, alwayssign=True)
    galactic = place.galactic
    return (
        f"{hours} {degrees}",
        f"{curve.ra:.5f} {curve.dec:+.5f}",
        f"Gal {galactic.l.deg:.5f} {galactic.b.deg:+.5f}",
    )


def _where(curve: Curve) -> str:
    return f"field {curve.fieldid}, channel {curve.rcid}"


def _releases(product: Product, first: LightCurve) -> list[dict[str, Any]]:
    """Releases that have light curves of the star, each with their page."""
    members: dict[str, list[int]] = {product.release: list(product.request.oids)}
    for one in first.relatives:
        if one.release != product.release:
            members.setdefault(one.release, []).append(one.oid)
    if len(members) == 1:
        return []
    return [
        {
            "title": release,
            "here": release == product.release,
            "address": addresses.view(release, *([first.oid] if first.oid in oids else oids)),
        }
        for release, oids in members.items()
    ]


def _sources(request: Request) -> list[dict[str, Any]]:
    """Services outside that have light curves."""
    return [
        {"name": one.name, "title": one.title, "checked": one.name in request.beside}
        for one in curve_sources().values()
    ]


def _facts(curve: Curve, product: Product, place: tuple[str, str, str]) -> dict[str, str]:
    parts = split(curve.oid)
    sexagesimal, degrees, galactic = place
    return {
        "Light curve (OID)": str(curve.oid),
        "Band": f"{BANDS[curve.filterid].title} ({curve.filter})",
        "Position (ICRS, deg)": degrees,
        "Position (ICRS)": sexagesimal,
        "Galactic (deg)": galactic.removeprefix("Gal "),
        "Field": str(curve.fieldid),
        "CCD and quadrant": f"{parts.ccdid}, {parts.qid} (readout channel {curve.rcid})",
        "Release": f"{product.title} ({product.release})",
        "Epochs": _epochs(curve, product.request),
        "Time": _span(curve),
        "Reference magnitude (AB)": _reference(curve),
    }


def _epochs(curve: Curve, request: Request) -> str:
    points = of_curve(curve, request)
    good = int((~points.flagged).sum()) // request.cycles
    if request.bin is not None:
        return f"{points.epochs} bins of {request.bin:g} d, {good} of good epochs alone"
    return f"{points.epochs} epochs, {good} of them good"


def _span(curve: Curve) -> str:
    hmjd = curve.columns["hmjd"]
    if not len(hmjd):
        return "no epochs"
    ends = np.array([hmjd.min(), hmjd.max()])
    first, last = Time(ends, format="mjd", scale="utc").strftime("%Y-%m-%d")
    return f"HMJD {ends[0]:.5f} to {ends[1]:.5f} ({first} to {last})"


def _reference(curve: Curve) -> str:
    if np.isnan(curve.refmag):
        return "not known"
    if np.isinf(curve.refmag):
        return "no flux in the reference"
    return f"{curve.refmag:.3f} ± {curve.refmagerr:.3f}"


def _rows(product: Product) -> Iterator[dict[str, Any]]:
    """Facts of several light curves."""
    for curve in product.curves:
        parts, points = split(curve.oid), of_curve(curve, product.request)
        good = int((~points.flagged).sum()) // product.request.cycles
        yield {
            "oid": curve.oid,
            "page": _page_of(product.request, curve.oid),
            "band": curve.filter,
            "numbers": (curve.fieldid, parts.ccdid, parts.qid, points.epochs, good),
            "reference": _reference(curve),
            "position": f"{curve.ra:.5f} {curve.dec:+.5f}",
            "separation": f"{curve.separation:.2f}",
        }


def _beside(one: Beside) -> dict[str, Any]:
    """What a service outside gave."""
    return {
        "title": one.source.title,
        "about": one.record or one.source.about,
        "said": in_short(one),
        "epochs": len(one) // one.cycles,
        "sentences": list(sentences(one)),
    }


def _first(product: Product) -> LightCurve | None:
    """The first light curve with those of the same star, if there is any."""
    if not product.curves:
        return None
    oid = product.curves[0].oid
    return read(product.request.release, [oid]).get(oid)


def _records(product: Product, first: LightCurve | None) -> dict[str, Any] | None:
    """What experts recorded on the light curves, and on others of the first one's star."""
    shown = [curve.oid for curve in product.curves]
    star = [one.oid for one in first.relatives] if first else []
    known = first.records if first and len(shown) == 1 else records.read([*shown, *star])
    if known is None or not shown:
        return None
    return {
        "unavailable": known.unavailable,
        "found": [
            {
                "record": known.by_oid[oid],
                "other": oid not in shown,
                "page": _page_of(product.request, oid),
                "source": addresses.record(oid),
            }
            for oid in dict.fromkeys([*shown, *star])
            if oid in known.by_oid
        ],
        "page": addresses.record(shown[0]),
    }


def _star(request: Request, first: LightCurve | None) -> dict[str, Any] | None:
    """The page of all light curves of the first one's star, where it has more than are shown."""
    if first is None:
        return None
    oids = [first.oid, *(one.oid for one in first.relatives if one.release == first.release)]
    if set(oids) <= set(request.oids):
        return None
    return {"number": len(oids), "page": _page_of(request, *oids)}


def _related(product: Product, first: LightCurve | None) -> Iterator[tuple[str, str]]:
    """What else there is of the first light curve, here and at other services."""
    request, oid = product.request, product.curves[0].oid
    yield (
        "All that is linked to this light curve (DataLink)",
        addresses.links(request.release, oid),
    )
    yield "For a new variable: what VSX asks for", f"{_page_of(request, oid)}/vsx"
    its_own = {writer.extension for writer in writers()}
    for link in ofcurve.links(first) if first else ():
        if link.semantics != "#documentation" and link.local_semantics not in its_own:
            yield link.description, link.page or link.url
