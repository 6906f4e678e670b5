"""Bring the file of a catalog here from where it is published, and check it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ztfvo.catalogs import readers
from ztfvo.catalogs.declaration import Catalog, Download
from ztfvo.catalogs.load import layout_of
from ztfvo.errors import BadFile, CannotBeDone
from ztfvo.files import digests
from ztfvo.remote import Client, NotFound, Refused
from ztfvo.remote.resume import PART, client_of_files, forget, resume, tag_of
from ztfvo.settings import Settings

LARGEST_LIST = 50_000_000
"""Bytes of a list of checksums."""

LARGEST_DUMP = 500_000_000
"""Bytes of a dump of TNS."""

DUMP_DAYS = 7
"""Age at which the whole dump of TNS is fetched again: increments do not say what was deleted."""

_INCREMENT = re.compile(r"_(\d{8})\.csv\.zip$")

Advance = Callable[[int], None]
Say = Callable[[str], None]


def fetch(catalog: Catalog, settings: Settings, advance: Advance, say: Say) -> list[Path]:
    """Fetch a catalog's file, or what has changed since it was fetched.

    Parameters
    ----------
    catalog, settings
        The catalog; the installation, below whose data folder its files lie.
    advance
        Called with the bytes that have arrived.
    say
        Called with sentences for the operator.

    Returns
    -------
    list of Path
        The files that are to be loaded.

    Raises
    ------
    CannotBeDone
        If nothing may fetch it, or a setting is missing.
    Failure
        When it cannot be had; what has arrived is kept.
    BadFile
        When it has not the checksum that is published for it; it is deleted then.
    """
    place = catalog.download
    if place is None:
        raise CannotBeDone(
            f"{catalog.name} cannot be fetched by a program. {catalog.by_hand} Then: ztfvo catalog"
            f" load {catalog.name} FILE"
        )
    folder = settings.catalog_data / catalog.name
    folder.mkdir(parents=True, exist_ok=True)
    if place.service == "tns":
        _fetch_tns(catalog, place, folder, settings, advance, say)
    else:
        _fetch_file(place, folder / place.file, advance, say)
    return files_of(catalog, settings)


def files_of(catalog: Catalog, settings: Settings) -> list[Path]:
    """Return the fetched files of a catalog that are to be loaded, the whole first.

    Raises
    ------
    CannotBeDone
        If it was not fetched.
    """
    folder = settings.catalog_data / catalog.name
    if catalog.download is None:
        raise CannotBeDone(
            f"{catalog.name} has to be fetched by hand. {catalog.by_hand} Then: ztfvo catalog load"
            f" {catalog.name} FILE"
        )
    whole = folder / catalog.download.file
    if not whole.exists():
        raise CannotBeDone(f"{whole} is missing. First: ztfvo catalog fetch {catalog.name}")
    if catalog.download.service != "tns":
        return [whole]
    begin = f"{_made(catalog, whole):%Y%m%d}"
    found = {path: _INCREMENT.search(path.name) for path in folder.iterdir()}
    increments = sorted(path for path, match in found.items() if match and match[1] >= begin)
    return [whole, *increments]


def _fetch_file(place: Download, target: Path, advance: Advance, say: Say) -> None:
    """Fetch a file, unless it is here and has not changed."""
    part = target.with_name(target.name + PART)
    kept = target.with_name(target.name + ".tag")
    with client_of_files(LARGEST_LIST) as client:
        if target.exists() and kept.exists() and _is_same(client, place.url, kept.read_text()):
            say(f"{target} has not changed since it was fetched")
            return
        checksum = _checksum(client, place)
        resume(client, place.url, part, advance)
    if checksum:
        name, _, wanted = checksum.partition(":")
        (found,) = digests(part, name)
        if found != wanted:
            forget(part)
            raise BadFile(
                target, None, f"{name} is {found}, and {wanted} is published; it was deleted"
            )
    tag = tag_of(part)
    kept.write_text(tag.read_text(encoding="utf-8") if tag.exists() else "", encoding="utf-8")
    part.replace(target)
    forget(part)


def _is_same(client: Client, url: str, tag: str) -> bool:
    """Whether a server has the version of a file that its tag names."""
    if not tag:
        return False
    name = "If-None-Match" if tag.startswith('"') else "If-Modified-Since"
    with client.open(url, {name: tag}, also=(304,)) as response:
        return response.status_code == 304


def _checksum(client: Client, place: Download) -> str:
    """Return the published checksum of a file with its name before it; empty where there is none.

    Raises
    ------
    CannotBeDone
        If a list of checksums does not name the file.
    """
    if not place.checksums:
        return place.checksum
    text = client.get(place.checksums).decode("utf-8", "replace")
    found = _of_zenodo(text) if text.lstrip().startswith("{") else _of_lines(text)
    name = place.url.partition("?")[0].rpartition("/")[2]
    if name not in found:
        raise CannotBeDone(f"{place.checksums} has no checksum of {name}: correct catalog.toml.")
    return found[name]


def _of_zenodo(text: str) -> dict[str, str]:
    """Checksums by file names of a record of Zenodo's interface."""
    try:
        files = json.loads(text)["files"]
        return {one.get("key") or one["filename"]: str(one["checksum"]) for one in files}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(f"the answer is no record with files: {text[:200]}") from error


def _of_lines(text: str) -> dict[str, str]:
    """Checksums by file names of lines with both."""
    kinds = {32: "md5", 40: "sha1", 64: "sha256"}
    lines = (re.fullmatch(r"([0-9a-fA-F]+) [ *]?(?:.*/)?([^/]+)", one) for one in text.splitlines())
    return {
        line[2].strip(): f"{kinds[len(line[1])]}:{line[1].lower()}"
        for line in lines
        if line and len(line[1]) in kinds
    }


def _fetch_tns(
    catalog: Catalog,
    place: Download,
    folder: Path,
    settings: Settings,
    advance: Advance,
    say: Say,
) -> None:
    """Fetch the whole dump of TNS, or the days since the one that is here."""
    if not (settings.tns_id and settings.tns_name and settings.tns_key):
        raise CannotBeDone(
            "The Transient Name Server answers those only who it knows: set ZTFVO_TNS_ID,"
            " ZTFVO_TNS_NAME and ZTFVO_TNS_KEY (docs/operate.md)."
        )
    base, _, name = place.url.rpartition("/")
    whole, today = folder / place.file, datetime.now(UTC).date()
    with _tns_client(base, settings) as client:
        if whole.exists() and (today - _made(catalog, whole).date()).days < DUMP_DAYS:
            days = _days(_made(catalog, whole).date(), today)
            try:
                for day in days:
                    one = name.replace(".csv.zip", f"_{day:%Y%m%d}.csv.zip")
                    if not (folder / one).exists():
                        _post(client, one, folder / one, settings, advance)
                return
            except NotFound:
                say("A day is no longer there: the whole dump is fetched again")
        _post(client, name, whole, settings, advance)
    begin = f"{_made(catalog, whole):%Y%m%d}"
    for path in folder.iterdir():
        match = _INCREMENT.search(path.name)
        if match and match[1] < begin:
            path.unlink()


def _tns_client(base: str, settings: Settings) -> Client:
    marker = {"tns_id": settings.tns_id, "type": settings.tns_type, "name": settings.tns_name}
    return Client(
        f"{base}/",
        name="the Transient Name Server",
        seconds=600.0,
        most_bytes=LARGEST_DUMP,
        attempts=2,
        spacing=1.0,
        headers={"User-Agent": f"tns_marker{json.dumps(marker, separators=(',', ':'))}"},
    )


def _post(client: Client, name: str, target: Path, settings: Settings, advance: Advance) -> None:
    body = client.post(name, {"api_key": settings.tns_key})
    if not body.startswith(b"PK"):
        shown = " ".join(body[:200].decode("utf-8", "replace").split())
        raise Refused(f"the Transient Name Server sends no ZIP file but: {shown}")
    part = target.with_name(target.name + PART)
    part.write_bytes(body)
    part.replace(target)
    advance(len(body))


def _days(first: date, today: date) -> list[date]:
    """Days from the first one to yesterday: that of today is made when it has ended."""
    return [first + timedelta(days) for days in range((today - first).days)]


def _made(catalog: Catalog, path: Path) -> datetime:
    """When a dump was made, UTC."""
    made = readers.timestamp(path, layout_of(catalog, path)[1])
    if made is None:
        raise BadFile(path, 1, "its layout has no timestamp, which increments are counted from")
    return made
