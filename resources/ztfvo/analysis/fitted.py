"""Models of supernovae fitted to light curves on request: ``/fit``."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ztfvo.analysis import epochs
from ztfvo.analysis.epochs import Epochs
from ztfvo.dal import Parameters
from ztfvo.dust import reading
from ztfvo.dust.model import DustError
from ztfvo.dust.reading import Installed as InstalledMap
from ztfvo.errors import HTTPError
from ztfvo.outside.model import State
from ztfvo.photometry import ab_to_jansky, difference_magnitude, jansky_to_ab
from ztfvo.products.derive import derive
from ztfvo.products.kinds import Parameter, Whole
from ztfvo.products.model import Line, Product
from ztfvo.products.modelling import LEAST, MODELLING, MOST
from ztfvo.products.parameters import FORMAT, PARAMETERS, SHORT_FORMAT
from ztfvo.settings import Settings
from ztfvo.supernovae import installing
from ztfvo.supernovae.declared import BANDS, MODELS
from ztfvo.supernovae.model import Fitted, Installed, Job, ModelError

_log = logging.getLogger(__name__)

STATUS = "ztfvo models status"
"""The command that says what is wrong with a model."""
POINTS = 200
MOST_EPOCHS = 5_000
AROUND = 30.0
"""d before and after the model that figures show."""
AS_LIGHT_CURVES = ("BAND", "REFMAG")
DRAWN = ("QUANTITY", "TITLE", "CAPTION")
"""Parameters of `/lc` that mean the same here; the second of figures."""

FITTING: tuple[Parameter, ...] = (
    *MODELLING,
    Whole(
        name="POINTS",
        attribute="points",
        description=f"Of each curve of the model; {POINTS} if not given",
        least=10,
        most=2000,
    ),
)
"""Parameters of the fit."""

SHARED = tuple(one for one in PARAMETERS if one.name in (*AS_LIGHT_CURVES, *DRAWN))
NAMES = (
    *epochs.NAMES,
    *(one.name for one in (*FITTING, *SHARED)),
    FORMAT,
    SHORT_FORMAT,
)


@dataclass(frozen=True)
class Dust:
    """The dust of the Galaxy that a fit takes."""

    state: State
    ebv: float
    """On the scale of Schlafly & Finkbeiner (2011), mag; 0 where it is not known."""
    map: InstalledMap | None = None
    of_map: float | None = None
    """On the scale of the map's authors, mag."""
    reason: str = ""
    """Why it is not known; empty otherwise."""

    @property
    def origin(self) -> str:
        """Where the number is from, for people."""
        if self.reason:
            return "none"
        return self.map.map.title if self.map else "given by EBV"


@dataclass(frozen=True)
class Asked:
    """A checked request with the light curves it asks for."""

    product: Product
    curves: Sequence[Epochs]
    """Those with epochs that are used, in the order asked for."""
    references: Sequence[tuple[float, float]]
    """Magnitude and error of the reference by light curve; NaN where none is known."""
    dust: Dust
    job: Job
    left_out: Sequence[str]
    """Sentences on light curves without such epochs."""


@dataclass(frozen=True)
class Answer:
    """What came of a fit."""

    asked: Asked
    fitted: Fitted

    @property
    def notes(self) -> list[str]:
        """Sentences on what to think of it."""
        return [
            *([self.fitted.message] if self.fitted.message else []),
            *([self.asked.dust.reason] if self.asked.dust.reason else []),
            *_without_reference(self.asked),
            *self.fitted.notes,
        ]


def fetch(release: str, words: Sequence[str], given: Parameters, settings: Settings) -> Asked:
    """Read a request and fetch the light curves it asks for.

    Raises
    ------
    HTTPError
        400 for parameters that cannot be used and light curves of several stars, 404 for what
        there is not, 503 for a model that is not installed.
    DatabaseDown
        When the database does not answer.
    """
    *modelling, of_curves = FITTING
    points = of_curves.read(given).get("points", POINTS)
    product, curves = epochs.fetch(release, words, given, (*modelling, *SHARED))
    return _asked(product, curves, settings, points)


def for_figure(product: Product, settings: Settings) -> Asked:
    """Return what a model is fitted to that a figure of light curves shows: those asked for.

    Raises
    ------
    HTTPError
        As for `fetch`.
    """
    request = product.request
    own = [epochs.chosen(one, request) for one in product.curves if request.asks_for(one.oid)]
    return _asked(product, own, settings, POINTS)


def _asked(product: Product, curves: Sequence[Epochs], settings: Settings, points: int) -> Asked:
    request = product.request
    redshift = _redshift(request.z_min, request.z_max)
    model = _model(settings, request.model)
    epochs.require_one_star(curves)
    used = [one for one in curves if len(one)]
    if not used:
        raise HTTPError(
            400,
            "No epoch is of this quality, time and band: ask for a longer TIME, or for more epochs"
            f" by {epochs.MASK}=32768.",
        )
    if (number := sum(map(len, used))) > MOST_EPOCHS:
        raise HTTPError(
            400, f"{number} epochs are asked for, {MOST_EPOCHS} are the limit: ask for a TIME."
        )
    references = [
        request.references.get(one.curve.oid, (one.curve.refmag, one.curve.refmagerr))
        for one in used
    ]
    dust = _dust(settings, product, used[0], request.ebv)
    job = _job(
        used,
        references,
        model=model,
        bands=_read(installing.installed_as, settings, BANDS.name),
        redshift=redshift,
        ebv=dust.ebv,
        host=request.host_dust,
        points=points,
    )
    left_out = [
        f"Light curve {one.curve.oid} has no epoch of this quality and time."
        for one in curves
        if not len(one)
    ]
    return Asked(product, used, references, dust, job, left_out)


def _redshift(lowest: float | None, highest: float | None) -> tuple[float, float]:
    low, high = (LEAST if lowest is None else lowest), (MOST if highest is None else highest)
    if low > high:
        raise HTTPError(
            400,
            f"MIN_Z={low:g} is above MAX_Z={high:g} ({LEAST:g} and {MOST:g} if not given): exchange"
            " them, give the other too, or the same value for a redshift that is known.",
        )
    return low, high


def _model(settings: Settings, name: str | None) -> Installed:
    if name is None:
        return _read(installing.preferred, settings)
    here = _read(installing.installed_as, settings, name)
    if here is None:
        there = [one for one in MODELS if _read(installing.installed_as, settings, one)]
        raise HTTPError(
            503,
            f"The model {name} is not installed. Operators enter: {MODELS[name].command}. Here are:"
            f" {', '.join(there)}.",
        )
    return here


def _read(function: Any, *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except ModelError as error:
        raise unreadable(error) from error


def unreadable(error: ModelError) -> HTTPError:
    """Return what is answered where an installed model cannot be read."""
    _log.error("%s", error)  # it names folders of this machine
    return HTTPError(503, f"An installed model cannot be read. Operators enter: {STATUS}")


def _dust(settings: Settings, product: Product, first: Epochs, given: float | None) -> Dust:
    if given is not None:
        return Dust(State.FOUND, given)
    advice = "The fit is without dust of the Galaxy: give its E(B-V) by EBV."
    try:
        here = reading.preferred(settings, product.simulated)
        if here is None:
            return Dust(
                State.UNAVAILABLE,
                0.0,
                reason="No map of dust is installed. Operators enter: ztfvo dust fetch csfd."
                f" {advice}",
            )
        (ebv,) = reading.at(here, first.curve.ra, first.curve.dec).ebv.tolist()
    except DustError as error:
        _log.error("%s", error)  # it names folders of this machine
        reason = f"The map of dust cannot be read. Operators enter: ztfvo dust status. {advice}"
        return Dust(State.MALFORMED, 0.0, reason=reason)
    if math.isnan(ebv):
        reason = f"The place is outside of the map of dust {here.map.name}. {advice}"
        return Dust(State.EMPTY, 0.0, here, reason=reason)
    return Dust(State.FOUND, ebv * here.map.recalibration, here, ebv)


def _job(curves: Sequence[Epochs], references: Sequence[tuple[float, float]], **more: Any) -> Job:
    fluxes, errors = zip(*(ab_to_jansky(one.mag, one.magerr) for one in curves), strict=True)
    lengths = [len(one) for one in curves]
    known = [_reference(*one) for one in references]
    return Job(
        time=np.concatenate([one.time for one in curves]),
        flux=np.concatenate(fluxes) - np.repeat([flux for flux, _ in known], lengths),
        fluxerr=np.concatenate(errors),
        filterid=np.repeat([one.curve.filterid for one in curves], lengths),
        curve=np.repeat(np.arange(len(curves)), lengths),
        common=np.array([error for _, error in known]),
        **more,
    )


def _reference(mag: float, error: float) -> tuple[float, float]:
    """Flux of a reference with its error (Jy); none of both where it is not known."""
    if math.isnan(mag):
        return 0.0, 0.0
    flux, fluxerr = ab_to_jansky(mag, 0.0 if math.isnan(error) else error)
    return float(flux), float(fluxerr)


def _without_reference(asked: Asked) -> list[str]:
    oids = [
        str(one.curve.oid)
        for one, (mag, _) in zip(asked.curves, asked.references, strict=True)
        if math.isnan(mag)
    ]
    if not oids:
        return []
    return [
        f"No reference magnitude is known of {', '.join(oids)}: all of the light is taken for that"
        " of the supernova. Give one by REFMAG."
    ]


def lines(answer: Answer) -> list[Line]:
    """Return the model for each light curve, in the quantities of light curves.

    Differences are the supernova alone; magnitudes and flux densities have the reference added,
    where it is known.
    """
    found = []
    for one, reference in zip(answer.asked.curves, answer.asked.references, strict=True):
        flux = answer.fitted.flux.get(one.curve.filterid)
        if flux is None:
            continue
        known = not math.isnan(reference[0])
        whole = flux + _reference(*reference)[0]
        nothing = np.full(len(flux), np.nan)
        found.append(
            Line(
                one.curve,
                answer.fitted.time,
                {
                    "mag": jansky_to_ab(whole, 0.0)[0],
                    "flux": whole,
                    "diffmag": difference_magnitude(flux, 0.0)[0] if known else nothing,
                    "diffflux": flux if known else nothing,
                },
            )
        )
    return found


def with_model(answer: Answer) -> Product:
    """Return the light curves with the model, for a figure that says what it is."""
    product = answer.asked.product
    request = product.request
    if request.title is None:
        request = replace(request, title=_title(answer))
    return replace(product, request=request, lines=tuple(lines(answer)))


def drawn(answer: Answer) -> Product:
    """Return the light curves around the time of the model, with the model, for a figure."""
    product, time = with_model(answer), answer.fitted.time
    first, last = float(time[0]) - AROUND, float(time[-1]) + AROUND
    around = [
        replace(curve, columns=_between(curve.columns, first, last)) for curve in product.curves
    ]
    return derive(replace(product, curves=tuple(around)))


def _between(columns: Mapping[str, np.ndarray], first: float, last: float) -> dict[str, np.ndarray]:
    chosen = (columns["hmjd"] >= first) & (columns["hmjd"] <= last)
    return {name: values[chosen] for name, values in columns.items()}


def _title(answer: Answer) -> str:
    fitted = answer.fitted
    (z,) = (one for one in fitted.values if one.name == "z")
    error = f" ± {z.error:.3f}" if z.error else ""
    first, *others = [str(one.curve.oid) for one in answer.asked.curves]
    more = f" and {len(others)} more" if others else ""
    return (
        f"{first}{more}: {answer.asked.job.model.template.name}, z = {z.value:.3f}{error},"
        f" χ² = {fitted.chi_square:.1f} of {fitted.dof}"
    )
