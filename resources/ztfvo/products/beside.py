"""Light curves of services outside, as they are delivered beside those of a release, or alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import numpy as np

from ztfvo.outside.model import Answer, LightCurve, Source, State
from ztfvo.outside.sources import sources
from ztfvo.products.columns import COLUMNS as RELEASE_COLUMNS
from ztfvo.products.columns import Column
from ztfvo.products.folding import phase_of, repeat
from ztfvo.products.model import Product, Request

GIVES = "light curve"

COLUMNS = {
    column.name: column
    for column in (
        RELEASE_COLUMNS["hmjd"],
        RELEASE_COLUMNS["phase"],
        Column("mag", "float64", "mag", "phot.mag;em.opt", "Magnitude (AB), or limit"),
        Column("magerr", "float64", "mag", "stat.error;phot.mag;em.opt", "Standard error of mag"),
        Column(
            "flux", "float64", "Jy", "phot.flux.density;em.opt", "Flux density, 0 mag = 10^3.56 Jy"
        ),
        Column(
            "fluxerr",
            "float64",
            "Jy",
            "stat.error;phot.flux.density;em.opt",
            "Standard error of flux",
        ),
        Column("limit", "bool", None, "meta.code", "Whether nothing brighter than mag was seen"),
        Column(
            "difference",
            "bool",
            None,
            "meta.code",
            "Whether it is the difference from a reference image, not all of the light",
        ),
        Column(
            "good", "bool", None, "meta.code.qual", "Whether the source advises to use the epoch"
        ),
    )
}
"""By name, in the order in which they are written; those of the source follow."""

FACTS = {
    column.name: column
    for column in (
        Column("source", "str", None, "meta.id;meta.dataset", "Name of the source"),
        Column("object", "str", None, "meta.id;meta.main", "The source's identifier"),
        Column("ra", "float64", "deg", "pos.eq.ra;meta.main", "Right ascension (ICRS)"),
        Column("dec", "float64", "deg", "pos.eq.dec;meta.main", "Declination (ICRS)"),
        Column(
            "separation",
            "float64",
            "arcsec",
            "pos.angDistance",
            "Distance from the place asked for, with proper motion where the source has it",
        ),
    )
}
"""What a light curve has once."""


@dataclass(frozen=True)
class Beside:
    """What one source gave, as delivered."""

    source: Source
    answer: Answer
    radius: float | None
    """arcsec around the place asked for; None where an object was named."""
    columns: dict[str, np.ndarray]
    """Those of `columns_of`, and ``filter``; arrays of one length."""
    left_out: int = 0
    """Epochs that the source advises not to use, which are not delivered."""
    cycles: int = 1

    def __len__(self) -> int:
        return len(self.columns["hmjd"])

    @property
    def filters(self) -> list[str]:
        """Those that it has epochs in, in the source's order."""
        there = set(self.columns["filter"].tolist())
        return [name for name in self.source.filters if name in there]

    def facts(self) -> dict[str, Any]:
        """The values of `FACTS`; None where there is none."""
        curve, rows = self.answer.curve, self.answer.rows
        return {
            "source": self.source.name,
            "object": curve.object if curve else None,
            "ra": curve.ra if curve else None,
            "dec": curve.dec if curve else None,
            "separation": rows[0].get("separation") if rows else None,
        }

    @property
    def record(self) -> str | None:
        """Address of the source's own page of the object."""
        rows = self.answer.rows
        if not (rows and self.source.record):
            return None
        values = {name: quote(str(value), safe="") for name, value in rows[0].items()}
        return self.source.record.format_map(values)


@lru_cache(maxsize=1)
def curve_sources() -> dict[str, Source]:
    """Return the sources of light curves by name, in their order."""
    return {name: one for name, one in sources().items() if GIVES in one.gives}


def curves_of(word: str) -> Source | None:
    """Return the source of light curves that has a name, or whose name begins with this word.

    So gaia stands for gaia_photometry, in letters of any case.
    """
    known, wanted = curve_sources(), word.lower()
    begin = [name for name in known if name.partition("_")[0] == wanted]
    return known.get(wanted) or (known[begin[0]] if len(begin) == 1 else None)


def deliver(
    source: Source,
    answer: Answer,
    request: Request,
    *,
    radius: float | None,
    bounds: tuple[float, float] = (-np.inf, np.inf),
    every: bool = False,
) -> Beside:
    """Choose epochs of a source's answer, and fold them as a request asks for.

    Parameters
    ----------
    request
        Of its parameters those of folding are heeded.
    radius
        arcsec around the place that was asked for; None where an object was named.
    bounds
        First and last heliocentric MJD, both included.
    every
        Whether epochs are delivered too that the source advises not to use.
    """
    curve = answer.curve
    if curve is None:
        empty = {name: np.empty(0, "U1" if name == "filter" else float) for name in _NAMES}
        return Beside(source, answer, radius, empty)
    within = (curve.hmjd >= bounds[0]) & (curve.hmjd <= bounds[1])
    kept = within if every else within & curve.good
    columns = {name: values[kept] for name, values in _arrays(curve).items()}
    cycles = 1
    if request.period is not None:
        cycles = request.cycles
        columns["phase"] = phase_of(columns["hmjd"], request.period, request.epoch)
        columns = repeat(columns, cycles)
    left_out = int(within.sum()) - int(kept.sum())
    return Beside(source, answer, radius, columns, left_out, cycles)


_NAMES = ("hmjd", "mag", "magerr", "flux", "fluxerr", "limit", "difference", "good", "filter")


def _arrays(curve: LightCurve) -> dict[str, np.ndarray]:
    return {name: getattr(curve, name) for name in _NAMES} | curve.native


def columns_of(one: Beside, request: Request) -> list[Column]:
    """Return the columns that a delivered light curve has, without that of filters."""
    own = [
        Column(column.name, column.dtype, column.unit, column.ucd, column.description)
        for column in one.source.native
    ]
    common = [
        column
        for column in COLUMNS.values()
        if column.name != "phase" or request.period is not None
    ]
    return common + own


def in_short(one: Beside) -> str:
    """Return what came of asking a source, in a few words."""
    where = "" if one.radius is None else f" within {one.radius:g} arcsec"
    return {
        State.FOUND: f"found {one.answer.curve.object}" if one.answer.curve else "found",
        State.EMPTY: f"nothing{where}",
        State.UNAVAILABLE: "unavailable",
        State.MALFORMED: "malformed answer",
    }[one.answer.state]


def sentences(one: Beside) -> Iterator[str]:
    """Yield what those who use a source's light curve have to know."""
    answer, title = one.answer, one.source.title
    if answer.state == State.EMPTY:
        yield f"{title} has {in_short(one)}."
    elif answer.state == State.UNAVAILABLE:
        since = f", since {answer.since}" if answer.since else ""
        again = f"; it will be asked again from {answer.again_at} on" if answer.again_at else ""
        yield f"{title} is unavailable{since}: {answer.reason}{again}."
    elif answer.state == State.MALFORMED:
        yield f"The answer of {title} is not as it should be: {answer.reason}."
    if answer.curve is None:
        return
    if one.left_out:
        yield (
            f"Left out are epochs of {title} that it advises not to use, {one.left_out} in all:"
            f" /outside/{one.source.name}/lc?QUALITY=all has them."
        )
    yield from answer.curve.notes


def notes(product: Product) -> list[str]:
    """Return sentences on all that stands beside a product's light curves."""
    return [text for one in product.beside for text in sentences(one)]
