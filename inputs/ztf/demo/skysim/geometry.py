"""Where the ZTF camera looks: fields, readout channels, object identifiers.

A field is a fixed pointing; the camera has 16 CCDs of 4 quadrants, in a tangent-plane grid
around the field centre. One (field, filter, CCD, quadrant) is a channel and one bulk file.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

FILTERS = {1: "zg", 2: "zr", 3: "zi"}
"""Filter number, as in an OID, to filter name."""

SOURCES_PER_CHANNEL = 10**8
"""An OID is the channel's number times this, plus the source's number in the channel."""

_CCD_EAST = (2.7823, 0.9257, -0.9257, -2.7835)
_CCD_NORTH = (-2.8668, -0.9535, 0.9541, 2.8675)
"""CCD centres in degrees from the field centre; CCD 1 is in the south-east."""

_QUADRANT = 0.8635
"""Side of a quadrant in degrees."""

_QUADRANT_EAST = (0.5, -0.5, -0.5, 0.5)
_QUADRANT_NORTH = (0.5, 0.5, -0.5, -0.5)


@dataclass(frozen=True, order=True)
class Channel:
    """One readout channel of one field in one filter."""

    field: int
    filterid: int
    ccd: int
    quadrant: int

    @property
    def rcid(self) -> int:
        """Readout channel number, 0 to 63."""
        return (self.ccd - 1) * 4 + self.quadrant - 1

    @property
    def first_oid(self) -> int:
        """OID of source number 0."""
        number = ((self.field * 10 + self.filterid) * 100 + self.ccd) * 10 + self.quadrant
        return number * SOURCES_PER_CHANNEL

    @property
    def footprint(self) -> tuple[int, int]:
        """Field and readout channel: what all filters of the same piece of sky share."""
        return self.field, self.rcid

    def path(self, release: str) -> str:
        """Path of the bulk file below the release's folder, as at IRSA."""
        half = 1 if self.field >= 1000 else 0
        name = (
            f"ztf_{self.field:06d}_{FILTERS[self.filterid]}"
            f"_c{self.ccd:02d}_q{self.quadrant}_{release}.parquet"
        )
        return f"{half}/field{self.field:06d}/{name}"


def channel_of_oid(oid: int) -> Channel:
    """Decode the channel of an object identifier."""
    number = oid // SOURCES_PER_CHANNEL
    return Channel(number // 10000, number // 1000 % 10, number // 10 % 100, number % 10)


@cache
def field_centers() -> dict[int, tuple[float, float]]:
    """Right ascension and declination (deg) of the field centres in ``fields.csv``."""
    path = Path(__file__).with_name("fields.csv")
    with path.open(newline="") as rows:
        return {int(r["field"]): (float(r["ra"]), float(r["dec"])) for r in csv.DictReader(rows)}


def quadrant_center(channel: Channel) -> tuple[float, float]:
    """Tangent-plane offset (east, north, in deg) of the channel's centre."""
    row, column = divmod(channel.ccd - 1, 4)
    quadrant = channel.quadrant - 1
    return (
        _CCD_EAST[column] + _QUADRANT_EAST[quadrant] * _QUADRANT,
        _CCD_NORTH[row] + _QUADRANT_NORTH[quadrant] * _QUADRANT,
    )


def project(field: int, ra: ArrayLike, dec: ArrayLike) -> tuple[NDArray, NDArray]:
    """Project sky positions on the tangent plane of a field.

    Parameters
    ----------
    field
        Field number.
    ra, dec
        Positions in degrees, within 90 deg of the field centre.

    Returns
    -------
    east, north
        Offsets in degrees.
    """
    ra0, dec0 = np.radians(field_centers()[field])
    lon, lat = np.radians(ra) - ra0, np.radians(dec)
    depth = np.sin(dec0) * np.sin(lat) + np.cos(dec0) * np.cos(lat) * np.cos(lon)
    east = np.cos(lat) * np.sin(lon) / depth
    north = (np.cos(dec0) * np.sin(lat) - np.sin(dec0) * np.cos(lat) * np.cos(lon)) / depth
    return np.degrees(east), np.degrees(north)


def deproject(field: int, east: ArrayLike, north: ArrayLike) -> tuple[NDArray, NDArray]:
    """Invert `project`: tangent-plane offsets (deg) to right ascension and declination (deg)."""
    ra0, dec0 = np.radians(field_centers()[field])
    x, y = np.radians(east), np.radians(north)
    depth = np.cos(dec0) - y * np.sin(dec0)
    ra = ra0 + np.arctan2(x, depth)
    dec = np.arctan2(np.sin(dec0) + y * np.cos(dec0), np.hypot(x, depth))
    return np.degrees(ra) % 360.0, np.degrees(dec)


def contains(channel: Channel, ra: ArrayLike, dec: ArrayLike) -> NDArray[np.bool_]:
    """Return which positions (deg) fall on the channel's quadrant."""
    east, north = project(channel.field, ra, dec)
    center_east, center_north = quadrant_center(channel)
    half = _QUADRANT / 2
    return (np.abs(east - center_east) <= half) & (np.abs(north - center_north) <= half)


def random_positions(
    channel: Channel, count: int, rng: np.random.Generator
) -> tuple[NDArray, NDArray]:
    """Draw positions (deg) spread evenly over the channel's quadrant."""
    east, north = quadrant_center(channel)
    offsets = (rng.random((2, count)) - 0.5) * _QUADRANT
    return deproject(channel.field, east + offsets[0], north + offsets[1])


def unit_vectors(ra: ArrayLike, dec: ArrayLike) -> NDArray:
    """Turn positions (deg) into unit vectors, shape (n, 3)."""
    lon, lat = np.radians(np.asarray(ra, float)), np.radians(np.asarray(dec, float))
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
