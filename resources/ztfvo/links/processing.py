"""The light-curve service as a service descriptor for clients (DataLink 1.1, section 4)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ztfvo.addresses import LIGHT_CURVES, absolute, of_release
from ztfvo.links.model import LightCurve
from ztfvo.products.parameters import FORMAT, PARAMETERS, limits
from ztfvo.products.writers import writers

TITLE = "Light curve processing"


@dataclass(frozen=True)
class InputParameter:
    """A parameter of the service.

    All are texts to clients: of a number, some of them cannot recognise one that is not given.
    """

    name: str
    description: str
    unit: str = ""
    ucd: str = ""
    options: tuple[str, ...] = ()
    """The values there are; all when it is empty."""


def parameters() -> Iterator[InputParameter]:
    """What can be asked of the service in every format, besides the ID."""
    for one in PARAMETERS:
        if one.described:
            bounds = f"; {limits(one)} {one.unit}".rstrip() if limits(one) else ""
            yield InputParameter(
                one.name, f"{one.description}{bounds}", one.unit, one.ucd, one.options
            )
    yield InputParameter(
        FORMAT,
        "Form of the answer; VOTable if not given",
        ucd="meta.code.mime",
        options=tuple(writer.names[0] for writer in writers()),
    )


def access_url(curve: LightCurve) -> str:
    """Address of the service for the release of a light curve."""
    return absolute(of_release(curve.address, LIGHT_CURVES))


def name(curve: LightCurve) -> str:
    """What to call the service for one light curve; its own for each, as descriptors need."""
    return f"lightcurve_{curve.oid}"


def description(curve: LightCurve) -> str:
    """What the service does for one light curve."""
    return (
        f"{curve.origin}Light curve {curve.oid} as flux or difference, folded, binned, within a"
        " time window or with its neighbours, as table or figure"
    )
