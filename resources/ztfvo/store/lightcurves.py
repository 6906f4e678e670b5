"""The light curves of one input file, and their exposures, as flat arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ztfvo.store.times import FIVE_DECIMALS


@dataclass(frozen=True)
class ExposureFacts:
    """What only the light-curve API gives of the exposure of each detection; arrays of length m."""

    obsmjd: np.ndarray
    """Start of the exposure, MJD, UTC, at Palomar (float64, d)."""
    exptime: np.ndarray
    """Exposure time (float32, s)."""
    filefracday: np.ndarray
    """Date and fraction of day in the image's file name, YYYYMMDDffffff (int64)."""


@dataclass(frozen=True)
class LightCurves:
    """The n light curves and m detections of one file.

    Detections of light curve i are those from ``offsets[i]`` up to, not including,
    ``offsets[i + 1]``, sorted by time.  Values are the file's own: float32 times and positions are
    widened, which is exact, and nothing is rounded.
    """

    oid: np.ndarray
    """ZTF identifiers (int64[n])."""
    ra: np.ndarray
    """Right ascension, ICRS (float64[n], deg)."""
    dec: np.ndarray
    """Declination, ICRS (float64[n], deg)."""
    fieldid: np.ndarray
    """Survey field, from the file's column where it has one, otherwise from the OID (int16[n])."""
    rcid: np.ndarray
    """Readout channel, 0 to 63, likewise (int16[n])."""
    filterid: np.ndarray
    """1 zg, 2 zr, 3 zi, likewise (int16[n])."""
    offsets: np.ndarray
    """Bounds of the light curves in the arrays below (int64[n + 1])."""
    hmjd: np.ndarray
    """Heliocentric MJD of mid-exposure, UTC (float64[m], d)."""
    mag: np.ndarray
    """Calibrated magnitude, AB (float32[m], mag)."""
    magerr: np.ndarray
    """Error of mag (float32[m], mag)."""
    clrcoeff: np.ndarray
    """Linear colour coefficient of the exposure's calibration (float32[m])."""
    catflags: np.ndarray
    """Photometric and image quality flags, 0 to 65535 (int32[m])."""
    ticks_per_day: int = FIVE_DECIMALS
    """Every hmjd is the double next to k / ticks_per_day for a whole number k."""
    exposures: ExposureFacts | None = None
    """Facts about the exposures, where the layout has them."""
    origin: np.ndarray | None = None
    """Row of the file each light curve comes from, from 1; None where that is i + 1 (int64[n])."""

    def __len__(self) -> int:
        return len(self.oid)

    @property
    def detections(self) -> int:
        """Number of detections, m."""
        return len(self.hmjd)

    @property
    def nepochs(self) -> np.ndarray:
        """Number of detections of each light curve (int64[n])."""
        return np.diff(self.offsets)

    def row(self, index: int) -> int:
        """Row of the file (from 1) that light curve ``index`` comes from."""
        return index + 1 if self.origin is None else int(self.origin[index])

    def curve_of(self, detection: int) -> int:
        """Index of the light curve that detection number ``detection`` belongs to."""
        return int(np.searchsorted(self.offsets, detection, side="right")) - 1


@dataclass(frozen=True)
class ExposureTable:
    """The exposures of one file, sorted by channel and time; arrays of length e."""

    channel: np.ndarray
    """Index of the channel in `channels` (int64)."""
    ticks: np.ndarray
    """Reference time: ticks since MJD 58000, heliocentric (int64)."""
    clrcoeff: np.ndarray
    """Colour coefficient (float32)."""
    channels: np.ndarray
    """fieldid, rcid, filterid of each channel (int64[c, 3])."""
    of_detection: np.ndarray
    """Which exposure each detection belongs to (int64[m])."""

    def __len__(self) -> int:
        return len(self.ticks)


def directions(curves: LightCurves) -> np.ndarray:
    """Cartesian unit vectors to the n light curves, ICRS, shape (3, n)."""
    ra, dec = np.radians(curves.ra), np.radians(curves.dec)
    return np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)])
