"""A request for a cross-match, as its parameters have it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from ztfvo.dal import NUMBER, BadParameter, Parameters, shorten
from ztfvo.errors import HTTPError
from ztfvo.match import places
from ztfvo.match.model import OBJECTS, Catalog, Match, Wanted

CATALOG, RADIUS, MOTION, WAIT, FORMAT = "CATALOG", "RADIUS", "MOTION", "WAIT", "RESPONSEFORMAT"
PARAMETERS = (places.ID, places.POS, places.EPOCH, CATALOG, RADIUS, MOTION, WAIT, FORMAT)
LISTED = (CATALOG, RADIUS, MOTION, places.EPOCH, FORMAT)
"""Parameters that go with a list of positions."""
ALL = "all"
LONGEST_WAIT = 30.0
SHORTEST_WAIT = 0.1
_YES = {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False}


def read(parameters: Parameters, known: dict[str, Catalog], name: str | None) -> Match:
    """Return what is asked.

    Parameters
    ----------
    known
        All catalogues.
    name
        The one that the address names, if it does.

    Raises
    ------
    HTTPError
        400 for parameters that cannot be used, 404 for an unknown catalogue or light curve.
    DatabaseDown
        When a light curve is to be looked up and there is no connection.
    """
    parameters.require_known(PARAMETERS)
    others = [one for one in known if one != OBJECTS]
    wanted = read_wanted(parameters, known, name, every=others, default=others)
    return Match(places.read(parameters), wanted, read_motion(parameters), read_wait(parameters))


def read_wait(parameters: Parameters) -> float:
    """Return the seconds for all answers."""
    return parameters.number(WAIT, SHORTEST_WAIT, LONGEST_WAIT) or LONGEST_WAIT


def read_motion(parameters: Parameters) -> bool:
    """Return whether proper motions are to be taken into account: yes, if not told otherwise."""
    return _YES[parameters.choice(MOTION, tuple(_YES)) or "yes"]


def read_wanted(
    parameters: Parameters,
    known: dict[str, Catalog],
    name: str | None,
    *,
    every: Sequence[str],
    default: Sequence[str],
) -> list[Wanted]:
    """Return the catalogues that are named, or those by default, with their radii.

    Parameters
    ----------
    every
        What the word all stands for.
    """
    names = _names(parameters, known, name, every) or list(default)
    of_all, own = _radii(parameters, known)
    if unused := sorted(set(own) - set(names)):
        raise BadParameter(
            RADIUS, f"{RADIUS} names {unused[0]}, which is not asked: name it in {CATALOG} too."
        )
    return [Wanted(known[one], _radius(known[one], of_all, own.get(one))) for one in names]


def _names(
    parameters: Parameters, known: dict[str, Catalog], name: str | None, every: Sequence[str]
) -> list[str]:
    words = [word.lower() for word in parameters.words(CATALOG)]
    if name is not None:
        if words:
            raise BadParameter(CATALOG, f"{CATALOG} goes with the address /match only.")
        if name not in known:
            raise HTTPError(404, _unknown(name, known))
        return [name]
    for word in words:
        if word != ALL and word not in known:
            raise BadParameter(CATALOG, _unknown(word, known))
    named = (every if word == ALL else [word] for word in words)
    return list(dict.fromkeys(chain.from_iterable(named)))


def _unknown(word: str, known: dict[str, Catalog]) -> str:
    return f"There is no catalogue {shorten(word)}. There are: {', '.join(known)}."


def _radii(
    parameters: Parameters, known: dict[str, Catalog]
) -> tuple[float | None, dict[str, float]]:
    """Return the radius of all, and those of named catalogues."""
    of_all, own = None, {}
    for word in parameters.words(RADIUS):
        name, colon, value = word.rpartition(":")
        name = name.strip().lower()
        if colon and name not in known:
            raise BadParameter(RADIUS, f"{RADIUS}={shorten(word)}: {_unknown(name, known)}")
        if not NUMBER.fullmatch(value.strip()) or not 0 < float(value) < float("inf"):
            raise BadParameter(
                RADIUS,
                f"{RADIUS}={shorten(word)} is no radius: give arcsec, as in {RADIUS}=2 for all"
                f" catalogues, or {RADIUS}=gaia:1.",
            )
        if colon:
            own[name] = float(value)
        elif of_all is not None:
            raise BadParameter(RADIUS, f"{RADIUS} is given twice for all catalogues: give it once.")
        else:
            of_all = float(value)
    return of_all, own


def _radius(catalog: Catalog, of_all: float | None, own: float | None) -> float:
    """Return the radius for a catalogue: one for all is cut to what each allows."""
    largest = catalog.source.largest_radius
    if own is not None and own > largest:
        raise BadParameter(
            RADIUS, f"{RADIUS}={catalog.name}:{own:g} is more than {largest:g} arcsec, its limit."
        )
    return own or min(of_all or catalog.source.radius, largest)
