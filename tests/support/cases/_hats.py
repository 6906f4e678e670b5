"""A catalog in HATS, served in parts as a host with files does."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from support.outside import Asked, Outside, Reply

FOLDER = Path(__file__).parents[1] / "hats"


def serve(outside: Outside, host: str, path: str, name: str, **changed: pa.DataType) -> None:
    """Serve a catalog of `FOLDER`.

    Parameters
    ----------
    changed
        Types that columns have in place of theirs.
    """

    def respond(asked: Asked) -> Reply:
        file = FOLDER / name / asked.path.removeprefix(f"{path}/")
        if not file.is_file():
            return Reply(b"no such file", "text/plain", 404)
        body = file.read_bytes()
        if changed and file.suffix == ".parquet":
            body = _other(body, changed)
        wanted = asked.headers.get("Range")
        return part(body, wanted) if wanted else Reply(body, "application/octet-stream")

    outside.answer(host, path, respond)


def part(body: bytes, wanted: str) -> Reply:
    """What a server with ranges answers (RFC 9110, section 14)."""
    first, last = re.fullmatch(r"bytes=(\d*)-(\d*)", wanted).groups()
    start = int(first) if first else max(0, len(body) - int(last))
    end = min(len(body), int(last) + 1) if first else len(body)
    headers = {"Content-Range": f"bytes {start}-{end - 1}/{len(body)}"}
    return Reply(body[start:end], "application/octet-stream", 206, headers)


def _other(body: bytes, changed: dict[str, pa.DataType]) -> bytes:
    """The file with columns of other types."""
    table = parquet.ParquetFile(io.BytesIO(body)).read()
    for name, kind in changed.items():
        place = table.column_names.index(name)
        table = table.set_column(place, name, pa.nulls(table.num_rows, kind))
    buffer = io.BytesIO()
    parquet.write_table(table, buffer, row_group_size=24)
    return buffer.getvalue()
