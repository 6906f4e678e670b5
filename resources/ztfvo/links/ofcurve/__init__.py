"""All links of a light curve: one module each subject, found by listing this folder.

A module has ``ORDER``, a number by which subjects are sorted, and ``links(curve: LightCurve) ->
Iterator[Link]``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from types import ModuleType

from ztfvo.links.curves import read
from ztfvo.links.model import Fault, LightCurve, Link
from ztfvo.oid import InvalidOID, parse
from ztfvo.plugins import in_order

LONGEST = 60
"""Characters of an identifier that are looked at, and shown."""


@lru_cache(maxsize=1)
def _subjects() -> list[ModuleType]:
    return list(in_order(__name__).values())


def links(curve: LightCurve) -> Iterator[Link]:
    """All links of a light curve, the light curve itself first."""
    for subject in _subjects():
        yield from subject.links(curve)


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
    ztfvo.releases.NoRelease
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
