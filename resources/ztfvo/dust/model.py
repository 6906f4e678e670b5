"""What a map of dust is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ztfvo.errors import CannotBeDone
from ztfvo.remote.published import File

__all__ = ("DustError", "File", "Known", "Map")


class DustError(CannotBeDone):
    """A map that is installed and cannot be read; the message says what to do."""


@dataclass(frozen=True)
class Known:
    """What a map is known to have at a place, by which it is recognised."""

    ra: float
    dec: float
    """deg, ICRS"""
    ebv: float
    within: float
    """mag that a right map differs by at most."""
    origin: str
    distance: float | None = None
    """pc; None for all dust along the line of sight."""


@dataclass(frozen=True)
class Map:
    """A map of dust, as it is published."""

    name: str
    """By which commands and requests name it."""
    title: str
    kind: str
    """Name of the module of `ztfvo.dust.kinds` that reads it."""
    to_ebv: float
    """E(B-V) of one unit of the map, on the scale of its authors."""
    recalibration: float
    """E(B-V) on the scale of Schlafly & Finkbeiner (2011) for E(B-V) on that of its authors."""
    scale: str
    """What both numbers are from, in a sentence."""
    footprint: str
    """Where the map has values, in words."""
    resolution: str
    licence: str
    citation: str
    """Address of the publication."""
    known: Sequence[Known]
    files: Sequence[File] = ()
    record: str = ""
    """Address of the record of the archive, with the sizes and checksums of all files."""
    simulated: bool = False
    distances: bool = False
    """Whether the dust is known by distance."""
    make: Callable[[Path], Sequence[Path]] | None = None
    """Writes the files of the map into a folder, where no archive has them."""

    @property
    def command(self) -> str:
        """What an operator enters to have it here."""
        return f"ztfvo dust fetch {self.name}"
