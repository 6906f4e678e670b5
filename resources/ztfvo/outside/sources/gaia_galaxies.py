"""Candidates of galaxies in Gaia DR3, from VizieR."""

from __future__ import annotations

from ztfvo.outside.gaia_candidates import candidates

SOURCE = candidates("galcand", "Gaia DR3 galaxy candidates", "UGC", order=28)
