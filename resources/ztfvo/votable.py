"""VOTable 1.4 documents, and what they consist of."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from astropy.io.votable.tree import (
    CooSys,
    Field,
    Info,
    Param,
    Resource,
    TableElement,
    TimeSys,
    VOTableFile,
)

MEDIA_TYPE = "application/x-votable+xml"
VERSION = "1.4"
ICRS = "icrs"
"""ID of the system of positions in a document."""

_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0, section 2.2, cannot have, as references neither; halves of characters among it."""


class NumberTable(TableElement):
    """A table of numbers, truths and short texts, none masked, with binary rows written at once.

    Astropy writes them value by value, which takes most of the time of a light curve's document.
    NaN is what stands for no value (VOTable 1.4, section 6).
    """

    def _write_binary(self, mode: int, w: Any, **_: Any) -> None:
        if mode != 1:
            raise ValueError(f"binary mode {mode} has masks, which this table has not")
        rows = self.array.data
        kinds = [(name, _sent(rows.dtype[name])) for name in rows.dtype.names]
        truths = [name for name in rows.dtype.names if rows.dtype[name].kind == "b"]
        packed = rows.astype(kinds)
        for name in truths:
            packed[name] = np.where(rows[name], b"T", b"F")
        packed = packed.tobytes()
        with w.tag("BINARY"), w.tag("STREAM", encoding="base64"):
            w.data(base64.b64encode(packed).decode("ascii"))


def _sent(kind: np.dtype) -> np.dtype:
    """Type of a value as a binary row has it: big-endian, texts in ASCII, truths as a letter."""
    if kind.kind == "b":
        return np.dtype("S1")
    return np.dtype(f"S{kind.itemsize // 4}") if kind.kind == "U" else kind.newbyteorder(">")


def document(
    infos: Iterable[tuple[str, str, str | None]], times: Mapping[str, Mapping[str, Any]]
) -> tuple[VOTableFile, Resource]:
    """Begin a document of results, with positions in ICRS.

    Parameters
    ----------
    infos
        Name, value and text of what is said of the whole, after QUERY_STATUS.
    times
        Frames of times by their IDs, see `ztfvo.times`.

    Returns
    -------
    tuple
        The document, and its resource, for tables.
    """
    made, resource = VOTableFile(version=VERSION), Resource(type="results")
    made.resources.append(resource)
    for number, (name, value, text) in enumerate((("QUERY_STATUS", "OK", None), *infos)):
        again = any(one.name == name for one in resource.infos)
        resource.infos.append(
            Info(ID=f"{name}_{number}" if again else name, name=name, value=value)
        )
        resource.infos[-1].content = text
    resource.coordinate_systems.append(CooSys(ID=ICRS, system="ICRS"))
    for name, frame in times.items():
        resource.time_systems.append(
            TimeSys(
                ID=name,
                timeorigin=frame["origin"],
                timescale=frame["scale"],
                refposition=frame["reference_position"],
                config={"version_1_4_or_later": True},
            )
        )
    return made, resource


def field(made: VOTableFile, description: str, **attributes: Any) -> Field:
    """Return a column; texts have any length where none is given."""
    return _described(Field, made, description, attributes)


def param(made: VOTableFile, description: str | None, **attributes: Any) -> Param:
    """Return a parameter; texts have any length."""
    return _described(Param, made, description, attributes)


def _described(
    kind: type, made: VOTableFile, description: str | None, attributes: dict[str, Any]
) -> Any:
    if attributes["datatype"] == "char":
        attributes.setdefault("arraysize", "*")
    element = kind(made, **attributes)
    element.description = description
    return element


def as_bytes(made: VOTableFile) -> bytes:
    """Return a document as it is sent."""
    buffer = io.BytesIO()
    made.to_xml(buffer)
    return buffer.getvalue()


def printable(text: str) -> str:
    """The text with a question mark for each character that XML cannot have."""
    return _UNPRINTABLE.sub("?", text)


def error(message: str) -> bytes:
    """Return an error document (DALI 1.1, section 4.4).

    Parameters
    ----------
    message
        For people; it may repeat what they sent.
    """
    text = escape(printable(message))
    info = f"<INFO name={quoteattr('QUERY_STATUS')} value={quoteattr('ERROR')}>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<VOTABLE version="{VERSION}" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">\n'
        f'<RESOURCE type="results">{info}{text}</INFO></RESOURCE>\n</VOTABLE>\n'
    ).encode()
