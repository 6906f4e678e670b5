"""The places that a request names: of light curves, or positions."""

from __future__ import annotations

from collections.abc import Sequence

from ztfvo.dal import BadParameter, Parameters, place, shorten
from ztfvo.db import reading
from ztfvo.errors import HTTPError
from ztfvo.match.model import Target
from ztfvo.oid import InvalidOID, parse
from ztfvo.outside.model import Place
from ztfvo.outside.rows import julian_year
from ztfvo.releases import find_release, places_of
from ztfvo.store.names import DEFAULT

ID, POS, EPOCH = "ID", "POS", "EPOCH"
MOST_PLACES = 10
"""Of one request, but for lists."""
FIRST_EPOCH, LAST_EPOCH = 1900.0, 2100.0


def read(parameters: Parameters, most: int = MOST_PLACES) -> list[Target]:
    """Return the places of a request, at most so many; it looks light curves up in the database.

    Raises
    ------
    HTTPError
        400 for none, for too many, and for what is no place; 404 for an OID that no release has.
    DatabaseDown
        When there is no connection to be had.
    """
    words = parameters.words(ID)
    positions = [place(POS, value) for value in parameters.values(POS)]
    count = len(words) + len(positions)
    if not count:
        raise HTTPError(
            400,
            "No place is named: give ID, as in ID=680113300005170, or POS, as in"
            " POS=254.4575,35.3424.",
        )
    if count > most:
        instead = ", or POST a list of positions" if most == MOST_PLACES else ""
        raise HTTPError(
            400, f"{count} places are named, {most} are the limit: ask several times{instead}."
        )
    epoch = parameters.number(EPOCH, FIRST_EPOCH, LAST_EPOCH)
    oids = []
    for word in words:
        try:
            oids.append(parse(shorten(word)))
        except InvalidOID as error:
            raise BadParameter(ID, f"{ID}: {error}.") from error
    found = _of_oids(oids) if oids else {}
    targets = [found[oid] for oid in dict.fromkeys(oids)]
    targets += [("", "", Place(*pair)) for pair in positions]
    return [
        Target(number, Place(place.ra, place.dec, epoch or place.epoch), name, release)
        for number, (name, release, place) in enumerate(targets, 1)
    ]


def _of_oids(oids: Sequence[int]) -> dict[int, tuple[str, str, Place]]:
    """Return OID, release and place of light curves.

    The epoch is the middle between the first and the last one of the light curve.
    """
    with reading() as connection:
        find_release(connection, DEFAULT)
        found = places_of(connection, oids)
    if missing := [str(oid) for oid in oids if oid not in found]:
        raise HTTPError(404, f"There is no light curve {', '.join(missing)} at this site.")
    return {
        oid: (str(oid), one.release, Place(one.ra, one.dec, _year(one.hmjd)))
        for oid, one in found.items()
    }


def _year(mjd: float | None) -> float:
    """Return the Julian year of a MJD, to a thousandth."""
    return Place.epoch if mjd is None else round(julian_year(mjd), 3)
