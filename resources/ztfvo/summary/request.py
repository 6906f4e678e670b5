"""A request for a summary, as its parameters have it."""

from __future__ import annotations

from ztfvo.analysis import featured
from ztfvo.dal import Parameters
from ztfvo.db import reading
from ztfvo.errors import HTTPError
from ztfvo.features.sets import sets
from ztfvo.match import places, request
from ztfvo.match.model import OBJECTS, Catalog, Match, Target
from ztfvo.products import stars
from ztfvo.products.parameters import FORMAT, SHORT_FORMAT, STAR
from ztfvo.store.names import DEFAULT

PARAMETERS = (
    *(places.ID, STAR.name, places.EPOCH, request.CATALOG, request.RADIUS, request.MOTION),
    *(request.WAIT, featured.VERSION, FORMAT, SHORT_FORMAT),
)


def read(parameters: Parameters, known: dict[str, Catalog]) -> Match:
    """Return what catalogues are asked about one light curve; its place is the first target.

    Raises
    ------
    HTTPError
        400 for parameters that cannot be used, 404 for an unknown light curve or star.
    DatabaseDown
        When there is no connection to be had.
    """
    parameters.require_known(PARAMETERS)
    others = [one for one in known if one != OBJECTS]
    wanted = request.read_wanted(parameters, known, None, every=others, default=others)
    motion, wait = request.read_motion(parameters), request.read_wait(parameters)
    return Match([_target(parameters)], wanted, motion, wait)


def read_version(parameters: Parameters) -> str | None:
    """Return the name of the set of features that is asked for, if any.

    Raises
    ------
    BadParameter
        400, where there is none such.
    """
    if not parameters.text(featured.VERSION):
        return None
    which = featured.chosen(parameters)
    return next(name for name, one in sets().items() if one is which)


def _target(parameters: Parameters) -> Target:
    words, star = parameters.words(places.ID), STAR.read(parameters)
    if bool(words) == bool(star) or len(words) > 1:
        raise HTTPError(
            400,
            f"A summary is of one object: give {places.ID}=680113300005170, or {STAR.name} with the"
            " name or number of a star.",
        )
    if star:
        with reading() as connection:
            words = [str(stars.members(connection, DEFAULT, star["star"])[0])]
    pairs = [(places.ID, words[0])]
    if epoch := parameters.text(places.EPOCH):
        pairs.append((places.EPOCH, epoch))
    return places.read(Parameters(pairs))[0]
