"""Candidates of quasars in Gaia DR3, from VizieR."""

from __future__ import annotations

from ztfvo.outside.gaia import candidates

SOURCE = candidates("qsocand", "Gaia DR3 quasar candidates", "QSOC", order=26)
