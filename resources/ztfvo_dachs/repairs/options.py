"""Keep requests from setting their own time limit or asking for rows without end.

In DaCHS ``_TIMEOUT=1e9`` lifts the limit of any service, ``_DBOPTIONS_DIR=x`` is a
traceback in HTML, ``MAXREC=-1`` goes into the SQL, and nothing caps MAXREC.
"""

from __future__ import annotations

from typing import Any

from gavo import base, svcs
from gavo.svcs import common

OPTIONAL = True

FORM = b"genForm"
"""The one form that a page of DaCHS has."""


def install() -> None:
    """Apply the repair, once in a process."""
    original = common.QueryMeta._fillDbOptions
    most = base.getConfig("ivoa", "dalHardLimit")

    def fill(self: Any, args: Any) -> None:
        kept = {
            name: value
            for name, value in args.items()
            if name.upper() not in ("_TIMEOUT", "_DBOPTIONS_DIR")
        }
        direction = str(args.get("_DBOPTIONS_DIR", "ASC")).upper()
        kept["_DBOPTIONS_DIR"] = "DESC" if direction == "DESC" else "ASC"
        original(self, type(args)(kept))
        if self["dbLimit"] < 0:
            self["dbLimit"] = self.defaultLimit
        self["dbLimit"] = min(self["dbLimit"], most)

    common.QueryMeta._fillDbOptions = fill


def install_in_server() -> None:
    """Refuse forms that there are not with 400, once in a process; DaCHS looks for them in vain."""
    from gavo.web import grend

    begin = grend.ServiceBasedPage.__init__

    def begin_checked(self: Any, request: Any, service: Any) -> None:
        if request.args.get(b"__nevow_form__", [FORM])[0] != FORM:
            raise svcs.BadRequest("This page has no such form: leave __nevow_form__ out.")
        begin(self, request, service)

    grend.ServiceBasedPage.__init__ = begin_checked
