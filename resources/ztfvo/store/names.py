"""Names of releases and of the store's schemas."""

from __future__ import annotations

import re

from ztfvo.errors import CannotBeDone

COMMON = "ztf_store"
"""Schema of what all releases share: the list of releases, filters, views on the default one."""

CATALOGS = "catalogs_store"
"""Schema of catalogs of other surveys."""

DEFAULT = "ztf"
"""What stands for the default release wherever a release is named."""

LATEST = "latest"
"""The same in addresses that other services have."""

NAME = re.compile(r"[a-z][a-z0-9_]{0,30}", re.ASCII)
"""What may name a release, or a window of one."""

RESERVED = frozenset(
    f"""
    {DEFAULT} {COMMON} {LATEST}
    adql api archive browse cgi-bin csv epoch favicon figure health image images kdb lc links oai
    robots scs sia2 ssa static status tableinfo tablenote tap view
    about akb anomalies cone extinction features find fit help login match outside periodogram
    resolve search similar sky sources summary tags
    alerce antares fink gaia panstarrs tess zubercal
    datalink examples exposures references release tables
    catalogs dc information_schema ivoa public tap_schema tap_upload
    """.split()
)
"""Names that mean something else: first segments of addresses, those that are to come too,
descriptors beside those of releases, and schemas of others."""


def may_name_release(name: str) -> bool:
    """Whether a release could have a name."""
    return bool(NAME.fullmatch(name)) and name not in RESERVED and not name.endswith("_store")


def schema_of(release: str) -> str:
    """Name of a release's schema.

    Raises
    ------
    CannotBeDone
        If the name could not be a schema or a URL: letters, digits and _ only, a letter first.
    """
    if not may_name_release(release):
        raise CannotBeDone(
            f"{release!r} cannot name a release. Use a small letter, then at most 30 small"
            " letters, digits or _, like dr24, and no word that the site uses, like"
            f" {DEFAULT}, lc or tap."
        )
    return f"{release}_store"
