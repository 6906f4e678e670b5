"""What the parameters of models are: unit, UCD and description, by name."""

from __future__ import annotations

PARAMETERS: dict[str, tuple[str | None, str, str]] = {
    "z": (None, "src.redshift", "Redshift, heliocentric"),
    "t0": (
        "d",
        "time.epoch",
        "Heliocentric MJD (UTC) of the model's phase 0, of type Ia the peak in B",
    ),
    "amplitude": (None, "arith.factor", "Factor of the model's flux density"),
    "x0": (None, "arith.factor", "Factor of the model's flux density"),
    "x1": (None, "stat.fit.param", "Width of the light curve"),
    "c": (None, "phot.color", "Colour of the supernova"),
    "mwebv": (
        "mag",
        "phot.color.excess",
        "E(B-V) of the Galaxy, law of Fitzpatrick (1999) with R_V = 3.1",
    ),
    "hostebv": (
        "mag",
        "phot.color.excess",
        "E(B-V) of the supernova's galaxy, law of Cardelli et al. (1989)",
    ),
    "hostr_v": (None, "phys.absorption;arith.ratio", "R_V of the supernova's galaxy"),
}
"""Of those of one's own the model's authors say more."""
