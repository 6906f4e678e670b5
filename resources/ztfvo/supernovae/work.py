"""What the processes do that fit models: they alone import the libraries for it."""

from __future__ import annotations

from ztfvo.supernovae.model import Fitted, Job


def ready() -> None:
    """Import what a fit needs, which takes seconds the first time."""
    from ztfvo.supernovae import fitting, library  # noqa: F401

    library.sncosmo()


def run(job: Job) -> Fitted:
    """Fit a model.

    Raises
    ------
    CannotFit
        Where the epochs are not such that it can be fitted.
    ModelError
        Where the model cannot be read.
    """
    from ztfvo.supernovae import fitting

    return fitting.fit(job)
