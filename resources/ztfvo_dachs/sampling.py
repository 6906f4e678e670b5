"""TABLESAMPLE in ADQL on the tables of a release.

PostgreSQL samples tables only, and DaCHS publishes views. So ``objects TABLESAMPLE(1)``
becomes the rows of ``objects`` whose OID is in a sample of the store's table; function
``oid_sample`` of the release's schema takes it (see ``resources/ztf/release.rd``).
`lightcurves` and `detections` are sampled by light curve.
"""

from __future__ import annotations

import re
from typing import Any

from gavo.adql import common, nodes

_SAMPLED = re.compile(r"(ztf(?:_\w+)?)\.(objects|lightcurves|detections)")
_OTHER = re.compile(r"ztf(?:_\w+)?\.\w+")

_original = nodes.PlainTableRef.flatten


def sampled_table(table: str, alias: str, percent: float) -> str:
    """SQL of a table reference that stands for `percent` of the light curves of `table`.

    Raises
    ------
    UfuncError
        When the percentage is not above 0 and at most 100.
    """
    if not 0 < percent <= 100:
        raise common.UfuncError(f"TABLESAMPLE({percent:g}) is not a percentage above 0 up to 100")
    schema = table.split(".")[0]
    return (
        f"(SELECT * FROM {table} AS whole WHERE whole.oid IN "
        f"(SELECT {schema}.oid_sample({percent!r}))) AS {alias}"
    )


def _flatten(self: Any) -> str:
    if self.sampling is None:
        return _original(self)
    table = nodes.flatten(self.originalTable)
    if not _SAMPLED.fullmatch(table):
        if _OTHER.fullmatch(table):
            raise common.UfuncError(
                f"{table} cannot be sampled: TABLESAMPLE works on objects, lightcurves and "
                "detections"
            )
        return _original(self)
    alias = nodes.flatten(self.tableName) if self.wasAliased else table.split(".")[1]
    return sampled_table(table, alias, self.sampling)


def install() -> None:
    """Teach the ADQL translator to sample."""
    nodes.PlainTableRef.flatten = _flatten
