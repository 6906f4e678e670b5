"""Whether a release has the light curve that a record is on."""

from __future__ import annotations

import httpx

from kdb.annotations import tap
from kdb.config.options import get_options


def is_missing(oid: int, release: str) -> bool:
    """Return whether the TAP service has the release, and the release not the light curve.

    Parameters
    ----------
    release
        A release's name, which is checked.

    Returns
    -------
    bool
        False also where nobody knows: there is no TAP service, it fails, or has no such release.
    """
    options = get_options()
    if not options.tap_url or tap.pausing():
        return False
    table = options.tap_release_table.replace("{release}", release)
    try:
        with tap.client(options) as asking:
            found = tap.ask(asking, f"SELECT oid FROM {table} WHERE oid = {int(oid)}", "oid")
    except tap.Refused:
        return False  # as for a table that is not there
    except (httpx.HTTPError, httpx.InvalidURL, tap.Unavailable) as error:
        tap.pause(error, options)
        return False
    return not found
