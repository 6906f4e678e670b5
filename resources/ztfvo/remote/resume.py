"""Fetch one file, going on where an earlier attempt stopped.

While it comes, a file is called ``NAME.part``; ``NAME.part.tag`` beside it holds what the server
said identifies this version of it, so that parts of two versions are never joined.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable
from pathlib import Path

import httpx

from ztfvo.remote.client import Client
from ztfvo.remote.errors import Failure, NoAnswer, Refused

PART = ".part"
TAG = ".part.tag"

_RANGE = re.compile(r"bytes (?:(?P<start>\d+)-\d+|\*)/(?P<total>\d+|\*)")


def client_of_files(most_bytes: int) -> Client:
    """Return what fetches large files, which may take hours.

    Parameters
    ----------
    most_bytes
        Of answers that are read as a whole, such as lists of checksums.
    """
    return Client("", seconds=math.inf, most_bytes=most_bytes, attempts=5, longest_wait=300.0)


def resume(
    client: Client,
    url: str,
    part: Path,
    advance: Callable[[int], None] = lambda _: None,
    *,
    whole: bool = False,
    also: frozenset[int] = frozenset(),
) -> None:
    """Bring a part file to its end, in as many attempts as bring new bytes.

    Parameters
    ----------
    client
        Asks for it.
    url
        Its address.
    part
        The file, whose name ends with `PART`.
    advance
        Called with the bytes that have arrived, negative when some have to be fetched again.
    whole
        Whether it is made for each request, so that parts of two answers are not one file.
    also
        Statuses after which to try again, besides those of a busy server.

    Raises
    ------
    Failure
        When it cannot be had; what has arrived is kept.
    OSError
        When it cannot be written.
    """
    again = _while_it_grows(client, part, also)
    client.retrying(None)(again, _append, client, url, part, advance, whole)


def forget(part: Path) -> None:
    """Delete a part file and what is known of it."""
    part.unlink(missing_ok=True)
    tag_of(part).unlink(missing_ok=True)


def tag_of(part: Path) -> Path:
    """Return the file that says which version a part file is of."""
    return part.with_name(part.name.removesuffix(PART) + TAG)


def _while_it_grows(
    client: Client, part: Path, also: frozenset[int]
) -> Callable[[Exception], bool | float]:
    """Return what decides whether to try again: not after so many failures without a new byte."""
    failures, size = 0, _size(part)

    def again(error: Exception) -> bool | float:
        nonlocal failures, size
        failures = 1 if _size(part) > size else failures + 1
        size = _size(part)
        meant = isinstance(error, Failure) and error.status in also
        return failures < client.attempts and (meant or client.again(error))

    return again


def _append(
    client: Client, url: str, part: Path, advance: Callable[[int], None], whole: bool
) -> None:
    """Bring the part file to its end, in one attempt."""
    tag_file = tag_of(part)
    have, tag = _size(part), _read(tag_file)
    resumable = have and tag and not whole
    headers = {"Range": f"bytes={have}-", "If-Range": tag} if resumable else {}
    with client.open(url, headers, also=(206, 416)) as response:
        start, total = _extent(response)
        if response.status_code == 416:
            if total == have:
                return
            part.unlink()
            raise NoAnswer(f"{url}: {have} bytes were there, the file has {total}")
        if response.status_code == 206 and start != have:
            raise Refused(f"{url}: asked for bytes from {have}, got from {start}")
        if response.status_code != 206 and have:
            advance(-have)
        tag_file.write_text(_tag(response), encoding="utf-8")
        mode = "ab" if response.status_code == 206 else "wb"
        with part.open(mode, buffering=0) as file:
            for block in response.iter_raw():
                _write(file, block)
                advance(len(block))
    if total is not None and _size(part) != total:
        raise NoAnswer(f"{url}: {_size(part)} of {total} bytes arrived")


def _write(file: io.RawIOBase, block: bytes) -> None:
    """Write all of a block; unbuffered, so that a killed download keeps what it got."""
    rest = memoryview(block)
    while rest:
        rest = rest[file.write(rest) or 0 :]


def _extent(response: httpx.Response) -> tuple[int, int | None]:
    """First byte of the body and size of the whole file, where stated."""
    match = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    if response.status_code in (206, 416) and match:
        total = match["total"]
        return int(match["start"] or 0), None if total == "*" else int(total)
    length = response.headers.get("Content-Length", "")
    return 0, int(length) if length.isdigit() else None


def _tag(response: httpx.Response) -> str:
    """What If-Range may use: a strong ETag, else the date, else nothing."""
    tag = response.headers.get("ETag", "")
    if tag and not tag.startswith("W/"):
        return tag
    return response.headers.get("Last-Modified", "")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
