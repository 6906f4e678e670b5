"""Names of the store's schemas."""

from __future__ import annotations

import re

COMMON = "ztf_store"
"""Schema of what all releases share: the list of releases, filters, views on the default one."""

DEFAULT = "ztf"
"""What stands for the default release wherever a release is named."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")


def schema_of(release: str) -> str:
    """Name of a release's schema.

    Raises
    ------
    ValueError
        If the name could not be a schema or a URL: letters, digits and _ only, a letter first.
    """
    if not _NAME.fullmatch(release) or release in (DEFAULT, COMMON):
        raise ValueError(
            f"{release!r} cannot name a release. Use a small letter, then at most 30 small"
            " letters, digits or _ (and not ztf), like dr24."
        )
    return f"{release}_store"
