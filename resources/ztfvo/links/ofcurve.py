"""All links of a light curve."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ztfvo.links.curves import read
from ztfvo.links.elsewhere import elsewhere
from ztfvo.links.family import family
from ztfvo.links.forms import forms, page
from ztfvo.links.model import Fault, LightCurve, Link
from ztfvo.links.reference import reference
from ztfvo.oid import InvalidOID, parse

LONGEST = 60
"""Characters of an identifier that are looked at, and shown."""

MAKERS = (forms, family, page, reference, elsewhere)
"""What makes links, in the order of the list."""


def links(curve: LightCurve) -> Iterator[Link]:
    """All links of a light curve, the light curve itself first."""
    for maker in MAKERS:
        yield from maker(curve)


def find(release: str, identifiers: Sequence[str]) -> dict[str, LightCurve | Fault]:
    """Look up light curves by what was sent as their identifiers.

    Parameters
    ----------
    release
        Name of a release, or ``ztf`` for the default one.
    identifiers
        As they came in.

    Returns
    -------
    dict
        Light curve or fault of each identifier.

    Raises
    ------
    ztfvo.links.curves.UnknownRelease
        If the release is not loaded.
    ztfvo.db.DatabaseDown
        If the database cannot be asked.
    """
    numbers: dict[str, int | Fault] = {text: _number(text) for text in identifiers}
    curves = read(release, [oid for oid in numbers.values() if isinstance(oid, int)])
    found: dict[str, LightCurve | Fault] = {}
    for text, oid in numbers.items():
        if isinstance(oid, Fault):
            found[text] = oid
        else:
            unknown = Fault(
                "NotFoundFault",
                f"{oid} is not in this release: look in the table objects, e.g. by its position",
            )
            found[text] = curves.get(oid, unknown)
    return found


def _number(text: str) -> int | Fault:
    """The OID that a text is, or why it is none."""
    try:
        return parse(text[:LONGEST])
    except InvalidOID as error:
        return Fault("UsageFault", f"{error}, as in the column oid of the table objects")
