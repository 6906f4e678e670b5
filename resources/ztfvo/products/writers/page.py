"""Light curves as a plain page for people, which needs no scripts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import astropy.units as u
import lxml.html
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.time import Time
from lxml.etree import _Element as Element
from lxml.html import builder as E

from ztfvo.bands import BANDS
from ztfvo.links.elsewhere import PAGES
from ztfvo.oid import split
from ztfvo.products import request as requests
from ztfvo.products import writers
from ztfvo.products.model import QUANTITIES, Curve, Product, Request
from ztfvo.products.points import of_curve
from ztfvo.products.series import plain
from ztfvo.store.names import DEFAULT

NAMES = ("html", "text/html")
EXTENSION = "html"
CONTENT_TYPE = "text/html; charset=utf-8"

QUANTITY_NAMES = {
    "mag": "magnitude",
    "flux": "flux density",
    "diffmag": "difference magnitude",
    "diffflux": "difference flux density",
}
SIMULATED = "Simulated data: nothing on this page was observed."

CSS = """
body { margin: 0 auto; max-width: 62rem; padding: 0 1rem 2rem; color: #1b1b1b; background: #fff;
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: .5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 1.5rem 0 .5rem; }
a { color: #0b4f8a; }
a:focus-visible, input:focus-visible, select:focus-visible, button:focus-visible,
  .wide:focus-visible { outline: 3px solid #b35900; outline-offset: 2px; }
figure { margin: 0; }
figure img { display: block; max-width: 100%; height: auto; }
.note { border-left: 4px solid #b35900; margin: .5rem 0; padding: .25rem .75rem;
  background: #fff4e5; }
form { display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: end; margin: 1rem 0; }
label { display: flex; flex-direction: column; font-size: .9rem; max-width: 100%; }
label.check { flex-direction: row; gap: .4rem; align-items: center; min-height: 2.4rem; }
input, select, button { font: inherit; padding: .35rem .5rem; max-width: 100%; }
input[type=text] { width: 9rem; box-sizing: border-box; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; margin: 0; }
dt { color: #4a4a4a; }
dd { margin: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { padding: .3rem .75rem .3rem 0; text-align: left; white-space: nowrap;
  border-bottom: 1px solid #ccc; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
ul.row { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; }
@media (max-width: 40rem) {
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .5rem; }
}
"""


def write(product: Product) -> bytes:
    """Write a page with the figure of the light curves, their facts and links."""
    request = product.request
    title = _title(request)
    head = E.HEAD(
        E.META(charset="utf-8"),
        E.META(name="viewport", content="width=device-width, initial-scale=1"),
        E.TITLE(f"{title}, {product.title}"),
        E.STYLE(CSS),
    )
    main = E.MAIN(E.H1(title))
    if product.simulated:
        main.append(E.P(SIMULATED, E.CLASS("note")))
    main.extend([_figure(product), *_form(request)])
    if len(product.curves) == 1:
        main.extend(_facts(product.curves[0], product))
    elif product.curves:
        main.extend(_table(product))
    main.extend(_downloads(request))
    if product.curves:
        main.extend(_elsewhere(product))
    header = E.HEADER(E.P(E.A("ZTF light curves", href="/"), f" · {product.title}"))
    document = E.HTML(head, E.BODY(header, main), lang="en")
    return lxml.html.tostring(document, doctype="<!DOCTYPE html>", encoding="utf-8")


def _title(request: Request) -> str:
    if request.title:
        return plain(request.title)
    first, *others = request.oids
    return f"{len(others) + 1} light curves" if others else f"Light curve {first}"


def _in(request: Request, form: str) -> str:
    """Address of the same request in another format."""
    return requests.address(replace(request, format=form))


def _page_of(request: Request, *oids: int) -> str:
    """Address of the page of light curves in the release of a request."""
    release = "" if request.release == DEFAULT else f"/{request.release}"
    return f"{release}/view/{','.join(map(str, oids))}"


def _figure(product: Product) -> Element:
    request = product.request
    against = "time" if request.period is None else f"phase with a period of {request.period:g} d"
    what = f"{_title(request)}: {QUANTITY_NAMES[request.quantity]} against {against}."
    if len(product.curves) == 1:
        what += f" {_epochs(product.curves[0], request)}."
    image = E.IMG(src=_in(request, "png"), alt=what)
    return E.FIGURE(E.A(image, href=_in(request, "pdf")))


def _form(request: Request) -> Iterator[Element]:
    """What can be changed of the figure, with hidden fields for the rest of the request."""
    choice = E.SELECT(name="QUANTITY")
    for name in QUANTITIES:
        option = E.OPTION(QUANTITY_NAMES[name], value=name)
        if name == request.quantity:
            option.set("selected", "selected")
        choice.append(option)
    good = E.INPUT(type="checkbox", name="QUALITY", value="good")
    if request.good_only:
        good.set("checked", "checked")
    window = E.INPUT(type="text", name="TIME", value=_window(request), placeholder="58194 59280")
    yield E.H2("Change the figure")
    yield E.FORM(
        E.LABEL("Quantity", choice),
        _number("Period for folding (d)", "PERIOD", request.period),
        _number("HMJD of phase 0", "EPOCH", request.epoch or None),
        E.LABEL("From and to (HMJD)", window),
        _number("Neighbours within (arcsec)", "RADIUS", request.radius or None),
        _number("Bins (d)", "BIN", request.bin),
        E.LABEL(E.CLASS("check"), good, "Good epochs only"),
        *(E.INPUT(type="hidden", name=name, value=value) for name, value in _kept(request)),
        E.BUTTON("Draw", type="submit"),
        action=_page_of(request, *request.oids),
        method="get",
    )


def _number(label: str, name: str, value: float | None) -> Element:
    shown = "" if value is None else np.format_float_positional(value, trim="-")
    return E.LABEL(label, E.INPUT(type="text", name=name, value=shown, inputmode="decimal"))


def _window(request: Request) -> str:
    if request.window is None and np.isinf([request.hmjd_min, request.hmjd_max]).all():
        return ""
    return request.window or f"{request.hmjd_min} {request.hmjd_max}"


def _kept(request: Request) -> Iterator[tuple[str, str]]:
    """Parameters that the form keeps without showing them."""
    if request.filters != frozenset(BANDS):
        yield "BAND", ",".join(BANDS[number].name for number in sorted(request.filters))
    if request.bad_catflags_mask:
        yield "BAD_CATFLAGS_MASK", str(request.bad_catflags_mask)
    for oid, (mag, error) in request.references.items():
        yield "REFMAG", f"{oid}:{mag}:{error}"
    if request.title:
        yield "TITLE", plain(request.title)
    if not request.caption:
        yield "CAPTION", "no"


def _facts(curve: Curve, product: Product) -> Iterator[Element]:
    parts = split(curve.oid)
    place = SkyCoord(curve.ra, curve.dec, unit="deg")
    hours = place.ra.to_string(u.hour, sep=":", precision=2, pad=True)
    degrees = place.dec.to_string(u.deg, sep=":", precision=1, pad=True, alwayssign=True)
    galactic = place.galactic
    facts = {
        "Light curve (OID)": str(curve.oid),
        "Band": f"{BANDS[curve.filterid].title} ({curve.filter})",
        "Position (ICRS, deg)": f"{curve.ra:.5f} {curve.dec:+.5f}",
        "Position (ICRS)": f"{hours} {degrees}",
        "Galactic (deg)": f"{galactic.l.deg:.5f} {galactic.b.deg:+.5f}",
        "Field": str(curve.fieldid),
        "CCD and quadrant": f"{parts.ccdid}, {parts.qid} (readout channel {curve.rcid})",
        "Release": f"{product.title} ({product.release})",
        "Epochs": _epochs(curve, product.request),
        "Time": _span(curve),
        "Reference magnitude (AB)": _reference(curve),
    }
    yield E.H2("Facts")
    yield E.DL(*(part for name, fact in facts.items() for part in (E.DT(name), E.DD(fact))))


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


def _table(product: Product) -> Iterator[Element]:
    """Facts of several light curves."""
    names = ("Light curve", "Band", "Field", "CCD", "Quadrant", "Epochs", "Good", "Reference")
    names += ("Position (ICRS, deg)", "Distance (″)")
    rows = []
    for curve in product.curves:
        parts, points = split(curve.oid), of_curve(curve, product.request)
        good = int((~points.flagged).sum()) // product.request.cycles
        numbers = (curve.fieldid, parts.ccdid, parts.qid, points.epochs, good)
        link = E.A(str(curve.oid), href=_page_of(product.request, curve.oid))
        rows.append(
            E.TR(
                E.TH(link, scope="row"),
                E.TD(curve.filter),
                *(E.TD(str(number), E.CLASS("number")) for number in numbers),
                E.TD(_reference(curve)),
                E.TD(f"{curve.ra:.5f} {curve.dec:+.5f}"),
                E.TD(f"{curve.separation:.2f}", E.CLASS("number")),
            )
        )
    header = E.TR(*(E.TH(name, scope="col") for name in names))
    table = E.TABLE(E.THEAD(header), E.TBODY(*rows))
    yield E.H2("Light curves", id="curves")
    box = E.DIV(E.CLASS("wide"), table, role="region", tabindex="0")
    box.set("aria-labelledby", "curves")
    yield box


def _downloads(request: Request) -> Iterator[Element]:
    """The same request in every other format."""
    others = [writer for writer in writers.writers() if writer.extension != EXTENSION]
    links = (E.LI(E.A(writer.names[0], href=_in(request, writer.names[0]))) for writer in others)
    yield E.H2("Download these light curves")
    yield E.UL(E.CLASS("row"), *links)


def _elsewhere(product: Product) -> Iterator[Element]:
    """What else there is of the first light curve, here and at other services."""
    curve, request = product.curves[0], product.request
    release = "" if request.release == DEFAULT else f"/{request.release}"
    related = f"{release}/links?ID={curve.oid}"
    same_star = f"{_page_of(request, curve.oid)}?RADIUS=1.5"
    yield E.H2("Related")
    yield E.UL(
        E.LI(E.A("Light curves of the same star in this release", href=same_star)),
        E.LI(E.A("All that is linked to this light curve (DataLink)", href=related)),
        *(
            E.LI(E.A(f"{page.what} at {page.name}", href=page.url(curve.ra, curve.dec)))
            for page in PAGES
        ),
    )
