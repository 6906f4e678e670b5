"""Features of light curves on request: ``/features``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from ztfvo.analysis import epochs
from ztfvo.analysis.epochs import Epochs
from ztfvo.dal import BadParameter, Parameters, shorten
from ztfvo.errors import HTTPError
from ztfvo.features.build import PACKAGE, build
from ztfvo.features.extract import extract
from ztfvo.features.model import MIN_EPOCHS, Feature, FeatureSet
from ztfvo.features.sets import sets
from ztfvo.products.model import Product
from ztfvo.products.parameters import FORMAT, SHORT_FORMAT

VERSION = "VERSION"
NAMES = (*epochs.NAMES, VERSION, FORMAT, SHORT_FORMAT)
DEFAULT, LATEST, LATEST_SET = "current", "latest", "v0.5"
"""The set without VERSION; the word for the newest set of SNAD's service, and that set."""


@dataclass(frozen=True)
class Featured:
    """Light curves with their features."""

    product: Product
    which: FeatureSet
    curves: Sequence[Epochs]
    """n light curves, in the order asked for."""
    values: np.ndarray
    """float64[n, k] in the order of the features; NaN where there is none."""
    left_out: Sequence[str]
    """Sentences on light curves that have too few epochs."""

    @property
    def features(self) -> tuple[Feature, ...]:
        """What the values are."""
        return build(self.which).features

    @property
    def notes(self) -> list[str]:
        """Sentences on how they were computed."""
        package = f"Computed by {PACKAGE} {version(PACKAGE)}."
        return [package, f"Of epochs with {epochs.selection(self.product.request)}."]


def fetch(
    release: str, words: Sequence[str], given: Parameters, default: str = DEFAULT
) -> tuple[Product, FeatureSet, list[Epochs]]:
    """Read a request and fetch what it asks for.

    Parameters
    ----------
    words
        OIDs as the path has them.
    default
        The set where the request names none.
    """
    which = chosen(given, default)
    product, curves = epochs.fetch(release, words, given)
    return product, which, curves


def chosen(given: Parameters, default: str = DEFAULT) -> FeatureSet:
    """Return the set that a request names.

    Raises
    ------
    BadParameter
        400, where there is none such.
    """
    name = (given.text(VERSION) or default).lower()
    known = sets() | {LATEST: sets()[LATEST_SET]}
    if name not in known:
        raise BadParameter(VERSION, f"{VERSION}={shorten(name)} is not one of {', '.join(known)}.")
    return known[name]


def compute(product: Product, which: FeatureSet, curves: Sequence[Epochs]) -> Featured:
    """Compute the features of light curves with enough epochs.

    Raises
    ------
    HTTPError
        400, where none has.
    """
    enough = [one for one in curves if len(one) >= MIN_EPOCHS]
    left_out = [_too_few(one) for one in curves if len(one) < MIN_EPOCHS]
    if not enough:
        raise HTTPError(
            400,
            f"{' '.join(left_out)} Features need {MIN_EPOCHS}: ask for a longer TIME, or for more"
            f" epochs by {epochs.MASK}=32768.",
        )
    values = extract(which, [(one.time, one.mag, one.magerr) for one in enough])
    return Featured(product, which, enough, values, left_out)


def _too_few(one: Epochs) -> str:
    return f"Light curve {one.curve.oid} has {len(one)} epochs of this quality and time."
