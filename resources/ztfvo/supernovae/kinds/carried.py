"""Models that sncosmo carries, which need no files."""

from __future__ import annotations

from typing import Any

from ztfvo.supernovae import library
from ztfvo.supernovae.model import Installed


def load(here: Installed) -> Any:
    """Return the source of sncosmo."""
    return library.sncosmo().get_source(here.template.name)
