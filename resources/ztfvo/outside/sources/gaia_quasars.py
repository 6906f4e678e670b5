"""Candidates of quasars in Gaia DR3, from VizieR."""

from __future__ import annotations

from ztfvo.outside.gaia_candidates import candidates

SOURCE = candidates(
    "qsocand", "Gaia DR3 quasar candidates", "QSOC", order=26, example=(187.2779154, 2.0523883)
)
