"""The text layout of DR1 to DR4: a line about each object, then one line for each of its epochs.

An object line begins with ``#`` and has OID, number of epochs, filterid, fieldid, rcid, right
ascension and declination (deg).  An epoch line has HMJD, magnitude, its error, colour coefficient
and flags.  Epochs are not in order of time; they are sorted here.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from ztfvo.errors import BadFile
from ztfvo.store.lightcurves import LightCurves

from . import _arrow
from ._preview import Preview

NAME = "text"
DESCRIPTION = "text of DR1 to DR4 (lines '# OID nepochs filterid fieldid rcid ra dec', then epochs)"
SUFFIXES = (".txt",)
MERGES = False

_OBJECT = {
    "objectid": pa.int64(),
    "nepochs": pa.int64(),
    "filterid": pa.int16(),
    "fieldid": pa.int16(),
    "rcid": pa.int16(),
    "ra": pa.float64(),
    "dec": pa.float64(),
}
_EPOCH = {
    "hmjd": pa.float64(),
    "mag": pa.float32(),
    "magerr": pa.float32(),
    "clrcoeff": pa.float32(),
    "catflags": pa.int32(),
}
_BLANK, _NEWLINE = ord(" "), ord("\n")
_FIRST_LINE = re.compile(rb"\s*#\s*\d{15,16}\s+\d+\s+\d+\s+\d+\s+\d+\s+\S+\s+\S+\s*(\n|$)")


def matches(path: Path) -> bool:
    """Whether the first line is an object line of seven numbers."""
    with path.open("rb") as file:
        return _FIRST_LINE.match(file.read(400)) is not None


def preview(path: Path) -> Preview:
    """Nothing: text has no types, and each line is read."""
    return Preview()


def read(path: Path) -> LightCurves:
    """Read the light curves of one file; ``origin`` holds the object lines' numbers.

    Raises
    ------
    BadFile
        When a line has another number of columns or something that is no number, or an object has
        not as many epochs as its line says.
    """
    text = _single_blanks(np.fromfile(path, np.uint8))
    starts = np.concatenate([[0], np.flatnonzero(text == _NEWLINE) + 1])
    first = text[starts[:-1]]
    is_object = first == ord("#")
    is_epoch = ~is_object & (first != _NEWLINE)
    objects = _table(path, text, starts, is_object, _OBJECT)
    epochs = _table(path, text, starts, is_epoch, _EPOCH)
    numbers = np.flatnonzero(is_object) + 1
    nepochs = objects["nepochs"].to_numpy()
    _check_epochs(path, objects, nepochs, numbers, np.flatnonzero(is_epoch) + 1)
    offsets = _arrow.offsets_of(nepochs)
    order = np.lexsort((epochs["hmjd"].to_numpy(), np.repeat(np.arange(len(nepochs)), nepochs)))
    return LightCurves(
        oid=objects["objectid"].to_numpy(),
        ra=objects["ra"].to_numpy(),
        dec=objects["dec"].to_numpy(),
        fieldid=objects["fieldid"].to_numpy(),
        rcid=objects["rcid"].to_numpy(),
        filterid=objects["filterid"].to_numpy(),
        offsets=offsets,
        origin=numbers,
        **{name: epochs[name].to_numpy()[order] for name in _EPOCH},
    )


def _single_blanks(text: np.ndarray) -> np.ndarray:
    """Put one blank between words, none at the ends of lines, and a newline at the end."""
    text = np.append(text, np.uint8(_NEWLINE))
    text[(text == ord("\t")) | (text == ord("\r"))] = _BLANK
    blank = text == _BLANK
    text = text[~(blank & np.append(blank[1:], False))]
    newline = text == _NEWLINE
    at_end = np.append(newline[1:], False) | np.append(True, newline[:-1])
    return text[~(at_end & (text == _BLANK))]


def _table(
    path: Path, text: np.ndarray, starts: np.ndarray, wanted: np.ndarray, types: dict
) -> pa.Table:
    """Parse the wanted lines; every one must have these columns."""
    chosen = b"\n" + text[np.repeat(wanted, np.diff(starts))].tobytes()
    chosen = chosen.replace(b"\n# ", b"\n").replace(b"\n#", b"\n")[1:]
    if not chosen:
        return pa.schema(types).empty_table()
    try:
        return pa.csv.read_csv(
            io.BytesIO(chosen),
            pa.csv.ReadOptions(column_names=list(types), use_threads=False),
            pa.csv.ParseOptions(delimiter=" ", quote_char=False, ignore_empty_lines=False),
            pa.csv.ConvertOptions(column_types=types, null_values=[], strings_can_be_null=False),
        )
    except pa.ArrowInvalid as error:
        raise _explain(path, chosen, np.flatnonzero(wanted) + 1, types) from error


def _explain(path: Path, chosen: bytes, numbers: np.ndarray, types: dict) -> BadFile:
    """Find the line that cannot be parsed; only called once one is known to exist."""
    lines = chosen.decode("ascii", "replace").split("\n")
    for number, line in zip(numbers, lines, strict=False):
        words = line.split()
        if len(words) != len(types):
            return BadFile(path, number, f"{len(words)} columns, expected {len(types)}: {line!r}")
        for word, (name, kind) in zip(words, types.items(), strict=True):
            try:
                pa.array([word]).cast(kind)
            except pa.ArrowInvalid:
                return BadFile(path, number, f"{name} is {word!r}, not a number ({kind})")
    return BadFile(path, None, "cannot be parsed as text of DR1 to DR4")


def _check_epochs(
    path: Path, objects: pa.Table, nepochs: np.ndarray, numbers: np.ndarray, epochs: np.ndarray
) -> None:
    """Refuse an object that is followed by another number of epochs than its line says."""
    owner = np.searchsorted(numbers, epochs) - 1
    if owner.size and owner[0] < 0:
        raise BadFile(path, epochs[0], "an epoch before the first object line")
    wrong = np.flatnonzero(np.bincount(owner, minlength=len(numbers)) != nepochs)
    if wrong.size:
        index = wrong[0]
        found = np.count_nonzero(owner == index)
        oid = objects["objectid"][int(index)].as_py()
        cause = f"{found} epochs follow, nepochs is {nepochs[index]}"
        raise BadFile(path, numbers[index], cause, oid=oid)
