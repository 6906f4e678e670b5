"""What the store benchmark asks of a store, and in which form it takes the answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from bench.dataset import Dataset

RADIUS = 1 / 3600
"""Radius of the cones, degrees."""

Curve = tuple[np.ndarray, ...]
"""hmjd float64, mag, magerr, clrcoeff float32, catflags int32 of one light curve."""

DTYPES = (np.float64, np.float32, np.float32, np.float32, np.int32)


@dataclass(frozen=True)
class Size:
    """Bytes on disk."""

    lightcurves: int
    """What holds the light curves: without keys and indexes."""
    everything: int
    parts: dict[str, int] = field(default_factory=dict)


class Store(Protocol):
    """A database that holds the light curves of a benchmark set.

    `curve`, `cone` and `cone_curves` are timed and answer in the form in which the client library
    has the result first; `decode` makes light curves by OID of the first and the last, `oids` a
    sorted list of the second.
    """

    name: str
    database_cpu: float
    """Processor time (s) that loading cost in processes that are not children of this one."""

    def load(self, data: Dataset) -> dict[str, float]:
        """Load all files; returns the seconds that each stage took."""
        ...

    def size(self) -> Size:
        """Measure the files of the database."""
        ...

    def curve(self, oid: int) -> Any:
        """Fetch a light curve."""
        ...

    def cone(self, ra: float, dec: float) -> Any:
        """Find the objects within `RADIUS` of a position (deg)."""
        ...

    def cone_curves(self, ra: float, dec: float) -> Any:
        """Find them with their light curves."""
        ...

    def bright(self) -> int:
        """Count the detections brighter than 15 mag, by a scan of all."""
        ...

    def mean(self) -> float:
        """Mean magnitude of all detections."""
        ...

    def decode(self, answer: Any) -> dict[int, Curve]:
        """Make arrays of an answer of `curve` or `cone_curves`."""
        ...

    def oids(self, answer: Any) -> list[int]:
        """OIDs of an answer of `cone`, sorted."""
        ...
