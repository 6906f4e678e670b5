"""Export in JSON lines, one row at a time."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import IO, Any

from kdb.transfer import layout, rows


def write_lines(
    target: IO[bytes], public_only: bool, advance: Callable[[int], None] = lambda count: None
) -> dict[str, int]:
    """Write everything but accounts in the layout of `kdb.transfer.layout`; return the numbers.

    Parameters
    ----------
    target
        Where to, in UTF-8.
    public_only
        Leave out what not everyone may read.
    advance
        Called with the number of annotations that were written.
    """
    counts = {"tags": 0, "tag_events": 0, "annotations": 0}

    def put(kind: str, row: dict[str, Any]) -> None:
        line = json.dumps({"kind": kind} | row, ensure_ascii=False, default=_time)
        target.write(line.encode() + b"\n")

    with rows.one_state():
        put(
            layout.HEAD,
            {
                "version": layout.VERSION,
                "exported_at": datetime.now(UTC),
                "public_only": public_only,
            },
        )
        for row in rows.tags():
            put("tag", row)
            counts["tags"] += 1
        for row in rows.events():
            put("tag event", row)
            counts["tag_events"] += 1
        for row in rows.annotations(public_only):
            put("annotation", row)
            counts["annotations"] += 1
            advance(1)
        put(layout.END, counts)
    return counts


def _time(value: Any) -> str:
    if not isinstance(value, datetime):
        raise TypeError(f"{value!r} cannot be written")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
