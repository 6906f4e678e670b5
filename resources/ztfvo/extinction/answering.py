"""What maps of dust have at places: E(B-V) and extinction, each with its state."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass

from ztfvo.dal import BadParameter, Parameters, shorten
from ztfvo.dust import reading
from ztfvo.dust.extinction import DIGITS, extinctions
from ztfvo.dust.maps import maps
from ztfvo.dust.model import DustError, Map
from ztfvo.dust.reading import Installed
from ztfvo.match import places
from ztfvo.match.model import Target
from ztfvo.outside.model import State
from ztfvo.products.parameters import FORMAT, SHORT_FORMAT
from ztfvo.settings import Settings

_log = logging.getLogger(__name__)

MAP, DISTANCE, ALL = "MAP", "DISTANCE", "all"
STATUS = "ztfvo dust status"
"""The command that says what is wrong with a map."""
NAMES = (places.ID, places.POS, MAP, DISTANCE, FORMAT, SHORT_FORMAT)
MOST_PLACES = 1000
NEAREST, FARTHEST = 1.0, 1e10
"""pc"""


@dataclass(frozen=True)
class Request:
    """A checked request."""

    targets: Sequence[Target]
    maps: Sequence[Map]
    distance: float | None
    """pc; None for all dust along the line of sight."""


@dataclass(frozen=True)
class Value:
    """What a map has at a place."""

    target: Target
    state: State
    ebv: float | None = None
    """mag, on the scale of the map's authors."""
    ebv_sf11: float | None = None
    """mag, on the scale of Schlafly & Finkbeiner (2011)."""
    extinction: dict[str, float] | None = None
    """mag, by band."""
    reliable: bool | None = None
    """Whether the map is reliable at the distance; None where there is none, or it does not say."""


@dataclass(frozen=True)
class OfMap:
    """What came of a map at all places."""

    map: Map
    here: Installed | None
    reason: str
    """Why it is unavailable or malformed; empty otherwise."""
    values: Sequence[Value]


@dataclass(frozen=True)
class Answer:
    """All that came of a request."""

    request: Request
    of_maps: Sequence[OfMap]


def read(parameters: Parameters, settings: Settings) -> Request:
    """Return what is asked; it looks light curves up in the database.

    Raises
    ------
    HTTPError
        400 for parameters that cannot be used, 404 for an unknown light curve.
    DatabaseDown
        When a light curve is to be looked up and there is no connection.
    """
    parameters.require_known(NAMES)
    distance = parameters.number(DISTANCE, NEAREST, FARTHEST)
    wanted = _maps(parameters, settings)
    return Request(places.read(parameters, MOST_PLACES), wanted, distance)


def _maps(parameters: Parameters, settings: Settings) -> list[Map]:
    """Return the maps that are named, or all, of which those that are made here only if they are
    installed."""
    words = list(dict.fromkeys(word.lower() for word in parameters.words(MAP))) or [ALL]
    for word in words:
        if word != ALL and word not in maps():
            raise BadParameter(
                MAP,
                f"{MAP}={shorten(word)} is not one of {', '.join([*maps(), ALL])}.",
            )
    if ALL not in words:
        return [maps()[word] for word in words]
    return [
        one
        for one in maps().values()
        if not one.make or one.name in words or reading.folder_of(settings, one.name).exists()
    ]


def answer(request: Request, settings: Settings) -> Answer:
    """Read all maps at all places; a map that cannot be read does not stop the others."""
    return Answer(request, [_of_map(one, request, settings) for one in request.maps])


def _of_map(which: Map, request: Request, settings: Settings) -> OfMap:
    try:
        here = reading.installed_as(settings, which.name)
        if here is None:
            reason = f"The map is not installed. Operators enter: {which.command}"
            return _without(which, request, State.UNAVAILABLE, reason)
        ra, dec = ([getattr(one.place, name) for one in request.targets] for name in ("ra", "dec"))
        found = reading.at(here, ra, dec, request.distance)
    except DustError as error:
        _log.error("%s", error)  # it names folders of this machine
        reason = f"The installed map cannot be read. Operators enter: {STATUS}, {which.command}"
        return _without(which, request, State.MALFORMED, reason)
    reliable = [None] * len(ra) if found.reliable is None else found.reliable.tolist()
    values = map(_value, request.targets, [which] * len(ra), found.ebv.tolist(), reliable)
    return OfMap(which, here, "", list(values))


def _without(which: Map, request: Request, state: State, reason: str) -> OfMap:
    return OfMap(which, None, reason, [Value(one, state) for one in request.targets])


def _value(target: Target, which: Map, ebv: float, reliable: bool | None) -> Value:
    if math.isnan(ebv):
        return Value(target, State.EMPTY)
    of_bands = extinctions(ebv, which.recalibration)
    by_band = {name: round(float(each), DIGITS) for name, each in of_bands.items()}
    recalibrated = round(ebv * which.recalibration, DIGITS)
    return Value(target, State.FOUND, round(ebv, DIGITS), recalibrated, by_band, reliable)
