"""Where a release is published, as its ``release.toml`` says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..declarations import declared
from ..errors import BadFile, CannotBeDone
from ..remote import Client

CHECKSUM_LISTS = ("checksum.md5", "checksums.md5", "md5sums.txt")
"""Names under which the archive keeps lists of checksums."""

LONGEST_LIST = 500_000_000
"""Bytes of a list of checksums, or of a folder."""


@dataclass(frozen=True)
class Source:
    """The table ``[download]`` of a release, with the release's layout."""

    release: str
    """Name of the release."""
    layout: str
    """Name of the reader of its files."""
    server: str
    """Scheme and host, without a path."""
    path: str
    """Path of the release's root, or of the light-curve service; no slash at the front."""
    checksums: tuple[str, ...] = CHECKSUM_LISTS
    """Names of checksum lists, tried in this order."""
    collection: str | None = None
    """Name of the release in the light-curve service."""
    max_radius: float = 10.0
    """Largest radius of a cone (deg)."""

    def url(self, path: str = "") -> str:
        """Address of a path below the root."""
        return f"{self.server}/{self.path}{path}"


def archive_of(source: Source, connections: int, **changes: Any) -> Client:
    """Return a patient and modest client of a release's archive.

    Parameters
    ----------
    connections
        At a time.
    **changes
        Of its other properties.
    """
    manners = {"silence": 60.0, "attempts": 5, "longest_wait": 300.0, "spacing": 0.1, **changes}
    return Client(
        source.server,
        seconds=math.inf,  # a file may take hours
        most_bytes=LONGEST_LIST,
        connections=connections,
        **manners,
    )


def read_source(inputs: Path, name: str, server: str) -> Source:
    """Read where a release is published.

    Parameters
    ----------
    inputs
        Folder of the releases' descriptions.
    name
        Name of the release.
    server
        Server of releases that name none of their own.

    Raises
    ------
    CannotBeDone
        When the release is unknown or not published.
    BadFile
        When what its file says is faulty.
    """
    release = declared(name, inputs)
    file, table = release.file, release.download
    if table is None:
        raise CannotBeDone(f"Release {name} cannot be downloaded: {file} has no table [download].")
    path = table.get("path")
    if path is None:
        raise BadFile(file, None, '[download] has no path, such as path = "data/ZTF/lc/lc_dr19/"')
    return Source(
        release=name,
        layout=release.layout,
        server=_server(file, str(table.get("server", server))),
        path=path.lstrip("/"),
        checksums=tuple(table.get("checksums", CHECKSUM_LISTS)),
        collection=table.get("collection"),
        max_radius=float(table.get("max_radius", Source.max_radius)),
    )


def _server(file: Path, address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadFile(file, None, f"{address!r} is not the address of a server")
    return address.rstrip("/")
