"""The quality flags of epochs: what each bit of ``catflags`` says.

A source's flags are those of the 5 by 5 pixels around it in the mask of the science image,
together; the bits of a mask that mark detected sources are not among them.

Sources: ZTF Science Data System Explanatory Supplement 5.0 (Masci et al. 2020), sections 10.3
(bits), 10.6 (flags of the PSF catalogue) and 13.6 (bit 15).
"""

from __future__ import annotations

from typing import NamedTuple


class Flag(NamedTuple):
    """One bit."""

    bit: int
    """From 0."""
    name: str
    meaning: str
    source: str
    """Where it is defined."""

    @property
    def mask(self) -> int:
        """What the bit adds to ``catflags``."""
        return 1 << self.bit


_SUPPLEMENT = "ZTF Science Data System Explanatory Supplement 5.0, section"

CATFLAGS = tuple(
    Flag(bit, name, meaning, f"{_SUPPLEMENT} {section}")
    for bit, name, meaning, section in (
        (0, "track", "The track of an aircraft or satellite", "10.3"),
        (1, "detected", "Of masks only: part of a source that SExtractor detected", "10.3"),
        (2, "low response", "Pixels of low responsivity", "10.3"),
        (3, "high response", "Pixels of high responsivity", "10.3"),
        (4, "noisy", "Noisy pixels", "10.3"),
        (5, "ghost", "A ghost of a bright source", "10.3"),
        (6, "charge ghost", "Possibly a ghost of spilled charge (until MJD 58779)", "10.3"),
        (7, "spike", "A spike of one pixel, possibly a cosmic ray", "10.3"),
        (8, "saturated", "Saturated pixels", "10.3"),
        (9, "dead", "Pixels that do not respond", "10.3"),
        (10, "no value", "Pixels without a value", "10.3"),
        (11, "position", "Of masks only: position of a source of the PSF catalogue", "10.3"),
        (12, "halo", "The halo of a bright source", "10.3"),
        (13, "reserved 13", "Reserved", "10.3"),
        (14, "reserved 14", "Reserved", "10.3"),
        (
            15,
            "do not use",
            "The epoch is not to be used: the photometric calibration of the image is bad, as by"
            " clouds or the Moon; with all bits set (65535) the source is at the edge of the image",
            "10.6 and 13.6",
        ),
    )
)
"""By bit."""

NOT_TO_BE_USED = CATFLAGS[15].mask
"""Epochs with this flag have no valid photometry."""
