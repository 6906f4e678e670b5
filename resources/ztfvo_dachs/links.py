"""Links between the pages of this site."""

from __future__ import annotations

from urllib.parse import urlencode

from gavo import base


def detections(schema: str, oid: int) -> str:
    """Path of one light curve's detections as CSV, by TAP."""
    query = f"SELECT * FROM {schema}.detections WHERE oid={int(oid)} ORDER BY hmjd"
    arguments = {"LANG": "ADQL", "RESPONSEFORMAT": "csv", "QUERY": query}
    return base.makeSitePath("/tap/sync?" + urlencode(arguments))
