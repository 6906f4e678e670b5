"""From what the operator wants to the files that hold it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import numpy as np

from .. import oid as oids
from ..grid import read_grid
from ..ingest.readers import hats, irsa_api
from ..remote import Client
from . import sky
from .catalogue import RemoteFile, list_files
from .errors import DownloadError
from .source import Source


@dataclass(frozen=True)
class Wish:
    """What to download; one of the first four is given."""

    fields: tuple[int, ...] = ()
    """Whole fields."""
    cone: tuple[float, float, float] | None = None
    """Right ascension, declination and radius (deg)."""
    oids: tuple[int, ...] = ()
    """Single light curves."""
    everything: bool = False
    """The whole release."""
    filters: tuple[str, ...] = ()
    """Only these filters (zg, zr, zi); empty for all."""


@dataclass
class Choice:
    """The files that hold what is wanted, and what of it the archive does not have."""

    files: list[RemoteFile]
    missing: list[str] = field(default_factory=list)


def choose(archive: Client, source: Source, wish: Wish, inputs: Path) -> Choice:
    """Choose the files of a release.

    Parameters
    ----------
    archive, source
        The archive and the release's place in it.
    wish
        What to download.
    inputs
        Folder of ``fields.csv`` and ``quadrants.csv``.

    Raises
    ------
    DownloadError
        When the layout cannot be asked so, or a value is out of range.
    """
    _check(wish, source)
    if source.layout == irsa_api.NAME:
        return _answers(source, wish)
    if source.layout == hats.NAME:
        return _partitions(archive, source, wish)
    return _quadrant_files(archive, source, wish, inputs)


def read_oids(path: Path) -> tuple[int, ...]:
    """Read OIDs from a file: one a line, or a CSV file with a column oid; ``#`` begins a comment.

    Raises
    ------
    DownloadError
        When the file cannot be read, holds no OID, or a line is none.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise DownloadError(f"{path} cannot be read: {reason}") from error
    column, found = 0, []
    for number, line in enumerate(text.splitlines(), 1):
        cells = next(csv.reader([line.partition("#")[0]]), [])
        if not any(cell.strip() for cell in cells):
            continue
        names = [cell.strip().lower() for cell in cells]
        if not found and "oid" in names:
            column = names.index("oid")
            continue
        try:
            found.append(oids.parse(cells[column] if column < len(cells) else ""))
        except oids.InvalidOID as error:
            raise DownloadError(f"{path}, line {number}: {error}") from error
    if not found:
        raise DownloadError(f"{path} holds no OID; write one a line")
    return tuple(dict.fromkeys(found))


def _check(wish: Wish, source: Source) -> None:
    given = [bool(wish.fields), wish.cone is not None, bool(wish.oids), wish.everything]
    if sum(given) != 1:
        raise DownloadError("Give one of --field, --cone, --oid and --all.")
    unknown = [name for name in wish.filters if name not in oids.FILTER_IDS]
    if unknown:
        raise DownloadError(f"There is no filter {unknown[0]!r}; known are zg, zr and zi.")
    if wish.cone:
        ra, dec, radius = wish.cone
        if not (0 <= ra <= 360 and -90 <= dec <= 90):
            raise DownloadError(
                f"Position {ra:g} {dec:g} is not on the sky: "
                "right ascension 0 to 360, declination -90 to 90 degrees."
            )
        if not 0 < radius <= source.max_radius:
            raise DownloadError(
                f"Radius {radius:g} is out of range: "
                f"above 0, at most {source.max_radius:g} degrees."
            )


def _quadrant_files(archive: Client, source: Source, wish: Wish, inputs: Path) -> Choice:
    """Bulk files, by field, filter and readout channel."""
    wanted: Callable[[tuple[int, int, int]], bool]
    if wish.cone:
        touched = sky.quadrants_in_cone(read_grid(inputs), *wish.cone)
        fields: set[int] | None = {number for number, _ in touched}

        def wanted(quadrant: tuple[int, int, int]) -> bool:
            return (quadrant[0], quadrant[2]) in touched
    elif wish.oids:
        parts = oids.split(np.array(wish.oids))
        homes = set(
            zip(parts.fieldid.tolist(), parts.filterid.tolist(), parts.rcid.tolist(), strict=True)
        )
        fields, wanted = {home[0] for home in homes}, homes.__contains__
    else:
        fields = None if wish.everything else set(wish.fields)

        def wanted(quadrant: tuple[int, int, int]) -> bool:
            return fields is None or quadrant[0] in fields

    listed = list_files(archive, source, fields)
    chosen = [file for file in listed if file.quadrant and wanted(file.quadrant)]
    choice = Choice(_filtered(chosen, wish.filters))
    choice.missing = _missing(wish, source, listed, chosen)
    return choice


def _missing(
    wish: Wish, source: Source, listed: list[RemoteFile], chosen: list[RemoteFile]
) -> list[str]:
    """What was asked for by name and is not in the archive's list."""
    have = {file.quadrant for file in chosen if file.quadrant}
    if wish.fields:
        known = sorted({file.quadrant[0] for file in listed if file.quadrant})
        absent = sorted(set(wish.fields) - set(known))
        hint = f"; it lists {len(known)} fields, {known[0]} to {known[-1]}" if known else ""
        return [f"Field {number} is not in release {source.release}{hint}." for number in absent]
    if wish.oids:
        homes = ((oid, oids.split(oid)) for oid in wish.oids)
        return [
            f"OID {oid}: release {source.release} has no file of field {part.fieldid}, "
            f"{oids.FILTER_NAMES[part.filterid]}, CCD {part.ccdid}, quadrant {part.qid}."
            for oid, part in homes
            if (part.fieldid, part.filterid, part.rcid) not in have
        ]
    return _nothing(wish, source, chosen)


def _nothing(wish: Wish, source: Source, chosen: list[RemoteFile]) -> list[str]:
    if chosen:
        return []
    if wish.cone:
        return [
            "Release {} has nothing within {:g} degrees of {:g} {:+g}.".format(
                source.release, wish.cone[2], *wish.cone[:2]
            )
        ]
    return [f"The archive lists no data files at {source.url()}."]


def _filtered(files: Iterable[RemoteFile], filters: tuple[str, ...]) -> list[RemoteFile]:
    numbers = {oids.FILTER_IDS[name] for name in filters}
    return [file for file in files if not numbers or file.quadrant[1] in numbers]


def _partitions(archive: Client, source: Source, wish: Wish) -> Choice:
    """HATS partitions, by HEALPix pixel."""
    if wish.fields or wish.oids or wish.filters:
        raise DownloadError(
            f"Release {source.release} is divided by position on the sky, not by field, filter or "
            "OID: use --cone RA DEC R, or --all."
        )
    files = [file for file in list_files(archive, source) if file.pixel]
    if wish.cone:
        orders = {file.pixel[0] for file in files}
        touched = {
            (order, pixel) for order in orders for pixel in sky.pixels_in_cone(order, *wish.cone)
        }
        files = [file for file in files if file.pixel in touched]
    return Choice(files, _nothing(wish, source, files))


def _answers(source: Source, wish: Wish) -> Choice:
    """Answers of the light-curve service, one for a cone or for each OID."""
    if wish.fields or wish.everything:
        raise DownloadError(
            f"Release {source.release} is made of answers of the light-curve service, which takes "
            "positions and OIDs only: use --cone RA DEC R or --oid FILE."
        )
    common = {"COLLECTION": source.collection} if source.collection else {}
    if wish.cone:
        ra, dec, radius = wish.cone
        parameters: dict[str, str] = {"POS": f"CIRCLE {ra:.7f} {dec:.7f} {radius:.7f}"}
        if wish.filters:
            parameters["BANDNAME"] = ",".join(name[1] for name in wish.filters)
        name = "_".join(["cone", f"{ra:.5f}", f"{dec:+.5f}", f"{radius:.5f}", *wish.filters])
        requests = {f"{name}.csv": parameters}
    else:
        numbers = {oids.FILTER_IDS[name] for name in wish.filters}
        requests = {
            f"oid_{oid}.csv": {"ID": str(oid)}
            for oid in wish.oids
            if not numbers or oids.split(oid).filterid in numbers
        }
    return Choice(
        [
            RemoteFile(
                path, f"{source.url()}?{urlencode(each | common | {'FORMAT': 'csv'})}", answer=True
            )
            for path, each in requests.items()
        ]
    )
