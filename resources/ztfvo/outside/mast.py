"""How catalogs of Pan-STARRS are asked for at MAST."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ztfvo.outside.client import Asker
from ztfvo.outside.model import Malformed

HOST = "https://catalogs.mast.stsci.edu"
API = f"{HOST}/api/v0.1/panstarrs"


async def ask(
    asker: Asker, table: str, given: Mapping[str, str], columns: Sequence[str]
) -> list[dict[str, Any]]:
    """Return rows of a table by the names of their columns.

    Rows come as arrays or as objects: both are read.

    Parameters
    ----------
    table
        Release and table, such as dr2/detection.
    given
        What chooses rows; a radius is in degrees.
    columns
        That rows have.

    Raises
    ------
    Malformed
        When the answer is another document.
    """
    listed = [("columns", f"[{','.join(columns)}]")]
    reply = await asker.get(f"{API}/{table}.json", [*given.items(), *listed])
    answer = reply.json()
    try:
        names = [column["name"] for column in answer["info"]]
        rows = [
            dict(row) if isinstance(row, dict) else dict(zip(names, row, strict=True))
            for row in answer["data"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed(
            "the JSON has not the members info and data of a table", reply.body
        ) from error
    return rows
