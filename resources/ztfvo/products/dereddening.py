"""The extinction that light curves are corrected for: that of a map of dust at their places."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

import numpy as np

from ztfvo.dust import reading
from ztfvo.dust.extinction import COEFFICIENTS, DIGITS, extinctions
from ztfvo.dust.model import DustError
from ztfvo.dust.reading import Installed
from ztfvo.errors import HTTPError
from ztfvo.products.changing import YES
from ztfvo.products.model import Product
from ztfvo.settings import Settings

_log = logging.getLogger(__name__)

STATUS = "ztfvo dust status"


@dataclass(frozen=True)
class Extinction:
    """Extinction of one light curve."""

    mag: float
    """In its band, as /extinction has it."""
    ebv: float
    """E(B-V) on the scale of the map's authors, mag."""
    coefficient: float
    """The one over the other."""
    dust: Installed
    """The map."""

    @property
    def source(self) -> str:
        """The map and which files it is made of, in words."""
        one = self.dust
        return f"{one.map.title} (map {one.map.name}, edition {one.edition})"


def find(product: Product, settings: Settings) -> Product:
    """Return light curves with the extinction that they are to be corrected for.

    All dust along the line of sight counts.

    Raises
    ------
    HTTPError
        503 where the map is not installed or cannot be read, 404 where it has nothing at the place
        of a light curve.
    """
    try:
        dust = _map(product, settings)
        places = [[getattr(one, name) for one in product.curves] for name in ("ra", "dec")]
        found = reading.at(dust, *places).ebv.tolist() if product.curves else []
    except DustError as error:
        _log.error("%s", error)  # it names folders of this machine
        raise HTTPError(
            503, f"The map of dust cannot be read. Operators enter: {STATUS}"
        ) from error
    curves = []
    for one, ebv in zip(product.curves, found, strict=True):
        if np.isnan(ebv):
            raise HTTPError(
                404,
                f"{dust.map.title} has no dust at light curve {one.oid}: it covers"
                f" {dust.map.footprint}. Name another map, or leave DEREDDEN out.",
            )
        mag = round(float(extinctions(ebv, dust.map.recalibration)[one.filter]), DIGITS)
        coefficient = COEFFICIENTS[one.filter] * dust.map.recalibration
        curves.append(replace(one, extinction=Extinction(mag, ebv, coefficient, dust)))
    return replace(product, curves=tuple(curves))


def _map(product: Product, settings: Settings) -> Installed:
    name = product.request.deredden
    if name == YES:
        dust = reading.preferred(settings, product.simulated)
        commands = "ztfvo dust fetch csfd"
    else:
        dust = reading.installed_as(settings, name)
        commands = f"ztfvo dust fetch {name}"
    if dust is None:
        raise HTTPError(
            503,
            f"DEREDDEN={name} is unavailable: the map of dust is not installed. Operators enter:"
            f" {commands}",
        )
    return dust
