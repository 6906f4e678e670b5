"""Say of a table that is not there what the query called it, and what may be meant.

DaCHS looks for ``objects`` and ``TAP_UPLOAD.objects`` as ``public.objects``, and says that this
is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from gavo import base
from gavo.adql import nodes
from gavo.protocols import adqlglue

from ztfvo.addresses import TAP, absolute
from ztfvo.store.names import DEFAULT
from ztfvo_dachs import messages

OPTIONAL = True

LIKE = 0.75
"""How like a name has to be to be meant, from 0 to 1 (`difflib.SequenceMatcher.ratio`)."""

MOST = 4
"""Names in one sentence."""


def install() -> None:
    """Apply the repair, once in a process."""
    polish, look_up = nodes.TableName._polish, adqlglue.DaCHSFieldInfoGetter.__call__

    def remember(self: Any) -> None:
        parts = (self.cat, self.schema, self.name)
        self.ztfvo_written = ".".join(nodes.flatten(part) for part in parts if part)
        polish(self)

    def look_up_or_say(self: Any, table: Any) -> Any:
        try:
            return look_up(self, table)
        except base.NotFoundError as error:
            if error.what != "table":
                raise
            written = getattr(table, "ztfvo_written", error.lookedFor)
            raise messages.Refused(_sentence(written), "QUERY") from error

    nodes.TableName._polish = remember
    adqlglue.DaCHSFieldInfoGetter.__call__ = look_up_or_say


def _sentence(written: str) -> str:
    schema, _, name = written.rpartition(".")
    if schema.upper() == "TAP_UPLOAD":
        return (
            f"There is no table {written}: none was sent with the query under this name. Send it"
            f" with the parameter UPLOAD={name},param:NAME_OF_THE_FILE."
        )
    with base.getTableConn() as connection:
        names = [name for (name,) in connection.query("SELECT table_name FROM tap_schema.tables")]
    near = ", ".join(like(written, names))
    similar = f" Similar are: {near}." if near else ""
    return f"There is no table {written}.{similar} All are listed at {absolute(TAP)}/tables."


def like(written: str, names: Sequence[str]) -> list[str]:
    """Return the names of tables that are most like what was written, best first.

    Among equals those of the default release come first.

    Parameters
    ----------
    written
        Without a schema it is compared with names without theirs.
    names
        Of all tables, with their schemas.
    """
    whole = "." in written
    ordered = sorted(names, key=lambda name: (not name.startswith(f"{DEFAULT}."), len(name), name))
    keys = {name: name if whole else name.rpartition(".")[2] for name in ordered}
    best = get_close_matches(written.replace('"', "").lower(), set(keys.values()), MOST, LIKE)
    return [name for key in best for name in keys if keys[name] == key][:MOST]
