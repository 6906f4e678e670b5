"""The parameters of models of supernovae, which are fitted to light curves and drawn with them."""

from __future__ import annotations

from dataclasses import replace

from ztfvo.products.kinds import DEFAULT, Attribute, Choice, Number
from ztfvo.products.model import Request
from ztfvo.supernovae.declared import MODELS

LEAST, MOST = 0.01, 0.3
"""Bounds of the redshift that are not given."""
FARTHEST = 2.0
"""Largest redshift that may be asked for."""

MODELLING: tuple[Attribute, ...] = (
    Choice(
        name="MODEL",
        attribute="model",
        description="Model of supernovae to fit, and to draw into figures of light curves; if not"
        " given, /fit takes the first that is installed, and figures of light curves have none",
        options=tuple(MODELS),
        meanings={name: name for name in MODELS},
        described=False,
    ),
    Number(
        name="MIN_Z",
        attribute="z_min",
        description=f"Least redshift of the model; {LEAST:g} if not given",
        least=0,
        most=FARTHEST,
        described=False,
    ),
    Number(
        name="MAX_Z",
        attribute="z_max",
        description=f"Largest redshift of the model; {MOST:g} if not given, and fixed where it is"
        " MIN_Z",
        least=0,
        most=FARTHEST,
        described=False,
    ),
    Number(
        name="EBV",
        attribute="ebv",
        description="E(B-V) of the Galaxy for the model, on the scale of Schlafly & Finkbeiner"
        " (2011); that of the installed map of dust if not given",
        unit="mag",
        least=0,
        most=10,
        described=False,
    ),
    Choice(
        name="HOST_DUST",
        attribute="host_dust",
        description="Whether the dust of the supernova's galaxy is found too; the model has none"
        " otherwise",
        options=("no", "yes"),
        meanings={"no": False, "yes": True},
        described=False,
    ),
)


def without_model(request: Request) -> Request:
    """Return a request that asks for no model."""
    return replace(request, **{one.attribute: getattr(DEFAULT, one.attribute) for one in MODELLING})
