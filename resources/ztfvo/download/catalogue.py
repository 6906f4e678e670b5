"""The files of a release in the archive: from checksum lists, or from directory listings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from ..ingest.checks import BULK_NAME, HATS_PIXEL
from ..oid import FILTER_IDS, InvalidOID, rcid_of
from ..remote import Client, NotFound
from .source import Source

_LINE = re.compile(r"^\s*(?P<sum>[0-9a-fA-F]{32}|[0-9a-fA-F]{64})\s+\*?(?P<path>\S.*?)\s*$")
_NUMBER = re.compile(r"field0*(\d+)")
_HASHES = {32: "md5", 64: "sha256"}


@dataclass(frozen=True)
class RemoteFile:
    """A file that can be fetched."""

    path: str
    """Path below the release's data folder."""
    url: str
    """Address."""
    checksum: str | None = None
    """Checksum of the archive's list, in lower-case hexadecimal."""
    answer: bool = False
    """Whether it is made on request, so that size and checksum are unknown before it comes."""

    @property
    def algorithm(self) -> str | None:
        """Name of the checksum's hash, as in :mod:`hashlib`."""
        return _HASHES[len(self.checksum)] if self.checksum else None

    @property
    def quadrant(self) -> tuple[int, int, int] | None:
        """Field, filterid and rcid in the name of a bulk file; None for other files."""
        match = BULK_NAME.match(self.path.rpartition("/")[2])
        if not match:
            return None
        try:
            rcid = rcid_of(int(match["ccd"]), int(match["quadrant"]))
        except InvalidOID:
            return None
        return int(match["field"]), FILTER_IDS[match["filter"]], rcid

    @property
    def pixel(self) -> tuple[int, int] | None:
        """HEALPix order and pixel (nested) in the path of a HATS partition."""
        match = HATS_PIXEL.search(self.path)
        return (int(match["order"]), int(match["pixel"])) if match else None


def list_files(archive: Client, source: Source, fields: set[int] | None = None) -> list[RemoteFile]:
    """List a release's data files.

    The checksum list at the release's root names them all.  Where there is none, the folders are
    walked by their listings, with a checksum list in each where it exists.

    Parameters
    ----------
    archive, source
        The archive and the release's place in it.
    fields
        Only the folders of these fields need to be walked; None for all.
    """
    sums = _checksum_list(archive, source, "")
    if sums is None:
        sums = {}
        _walk(archive, source, "", lambda name: _wanted(name, fields), sums)
    files = [
        RemoteFile(path, source.url(path), checksum)
        for path, checksum in sums.items()
        if path.endswith((".parquet", ".txt"))
    ]
    return sorted(
        (file for file in files if file.quadrant or file.pixel), key=lambda file: file.path
    )


def parse_checksums(text: str) -> dict[str, str]:
    """Checksums by path from lines of checksum and path; other lines are ignored."""
    found = {}
    for line in text.splitlines():
        match = _LINE.match(line)
        if match:
            path = re.sub(r"/{2,}", "/", match["path"]).removeprefix("./").lstrip("/")
            if ".." not in path.split("/"):
                found[path] = match["sum"].lower()
    return found


def parse_listing(html: str) -> list[str]:
    """Names in a directory listing, folders with a slash at the end."""
    collector = _Links()
    collector.feed(html)
    names = []
    for link in collector.links:
        parts = urlsplit(link)
        name = unquote(parts.path).removeprefix("./")
        outside = parts.scheme or parts.netloc or parts.query or name.startswith((".", "/"))
        if name and not outside and "/" not in name.rstrip("/"):
            names.append(name)
    return list(dict.fromkeys(names))


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links.extend(value for name, value in attrs if name == "href" and value)


def _text(archive: Client, url: str) -> str:
    return archive.get(url).decode("utf-8", "replace")


def _checksum_list(archive: Client, source: Source, folder: str) -> dict[str, str] | None:
    for name in source.checksums:
        try:
            return parse_checksums(_text(archive, source.url(folder + name)))
        except NotFound:
            continue
    return None


def _wanted(name: str, fields: set[int] | None) -> bool:
    """Whether a folder may hold wanted files."""
    match = _NUMBER.fullmatch(name)
    return fields is None or not match or int(match[1]) in fields


def _walk(
    archive: Client,
    source: Source,
    folder: str,
    wanted: Callable[[str], bool],
    found: dict[str, str | None],
) -> None:
    """Collect the files below a folder, with their checksums where it has a list of them."""
    names = parse_listing(_text(archive, source.url(folder)))
    sums: dict[str, str] = {}
    for name in source.checksums:
        if name in names:
            sums = parse_checksums(_text(archive, source.url(folder + name)))
            break
    for name in names:
        if name.endswith("/"):
            if wanted(name.rstrip("/")):
                _walk(archive, source, folder + name, wanted, found)
        else:
            found[folder + name] = sums.get(name)
