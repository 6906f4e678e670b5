"""Periods of light curves on request: ``/periodogram``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType

from ztfvo.analysis import epochs
from ztfvo.analysis.epochs import Epochs
from ztfvo.dal import Parameters
from ztfvo.errors import HTTPError
from ztfvo.periods.grid import TooFine
from ztfvo.periods.methods import methods
from ztfvo.periods.model import Search, Series
from ztfvo.periods.search import search
from ztfvo.products.kinds import Choice, Number, Parameter, Whole
from ztfvo.products.model import Product
from ztfvo.products.parameters import FORMAT, SHORT_FORMAT

SHORTEST = 0.05
"""d, without MIN_PERIOD."""
OVERSAMPLING = 5.0
PEAKS = 5
BOUNDS = (1e-3, 1e5)
"""d, of periods that are looked for."""

SEARCHING: tuple[Parameter, ...] = (
    Choice(
        name="METHOD",
        attribute="method",
        description=f"Statistic; {next(iter(methods()))} if not given",
        options=tuple(methods()),
        meanings={name: name for name in methods()},
    ),
    Number(
        name="MIN_PERIOD",
        attribute="shortest",
        description=f"Shortest period; {SHORTEST:g} if not given",
        unit="d",
        least=BOUNDS[0],
        most=BOUNDS[1],
    ),
    Number(
        name="MAX_PERIOD",
        attribute="longest",
        description="Longest period; the time from the first to the last epoch if not given",
        unit="d",
        least=BOUNDS[0],
        most=BOUNDS[1],
    ),
    Number(
        name="OVERSAMPLING",
        attribute="oversampling",
        description=f"Frequencies in the width of a peak; {OVERSAMPLING:g} if not given",
        least=1,
        most=50,
    ),
    Whole(
        name="PEAKS",
        attribute="number",
        description=f"Number of peaks; {PEAKS} if not given",
        least=1,
        most=20,
    ),
)
"""Parameters of the search, besides those of epochs."""

NAMES = (*epochs.NAMES, *(one.name for one in SEARCHING), FORMAT, SHORT_FORMAT)


@dataclass(frozen=True)
class Asked:
    """A checked request with the light curves it asks for."""

    product: Product
    curves: Sequence[Epochs]
    method: ModuleType
    shortest: float = SHORTEST
    longest: float | None = None
    oversampling: float = OVERSAMPLING
    number: int = PEAKS


@dataclass(frozen=True)
class Periodic:
    """What came of a search."""

    product: Product
    curves: Sequence[Epochs]
    """Light curves that were used, in the order asked for."""
    method: ModuleType
    found: Search
    left_out: Sequence[str]
    """Sentences on light curves that have too few epochs."""


def fetch(release: str, words: Sequence[str], given: Parameters) -> Asked:
    """Read a request and fetch the light curves it asks for.

    Raises
    ------
    HTTPError
        400 for parameters that cannot be used and light curves of several stars, 404 for what
        there is not.
    DatabaseDown
        When the database does not answer.
    """
    attributes: dict[str, object] = {}
    for parameter in SEARCHING:
        attributes |= parameter.read(given)
    method = methods()[attributes.pop("method", next(iter(methods())))]
    product, curves = epochs.fetch(release, words, given)
    epochs.require_one_star(curves)
    return Asked(product, curves, method, **attributes)


def compute(asked: Asked) -> Periodic:
    """Search for periods.

    Raises
    ------
    HTTPError
        400, where no light curve has enough epochs, and for grids that cannot be.
    """
    fewest = asked.method.FEWEST
    enough = [one for one in asked.curves if len(one) >= fewest]
    left_out = [
        f"Light curve {one.curve.oid} has {len(one)} epochs of this quality and time, fewer than"
        f" {fewest}."
        for one in asked.curves
        if len(one) < fewest
    ]
    if not enough:
        raise HTTPError(
            400,
            f"{' '.join(left_out)} Ask for a longer TIME, or for more epochs by"
            f" {epochs.MASK}=32768.",
        )
    series = [Series(str(one.curve.oid), one.time, one.mag, one.magerr) for one in enough]
    try:
        found = search(
            series,
            asked.method,
            shortest=asked.shortest,
            longest=asked.longest,
            oversampling=asked.oversampling,
            number=asked.number,
        )
    except TooFine as error:
        raise HTTPError(400, str(error)) from error
    return Periodic(asked.product, enough, asked.method, found, left_out)
