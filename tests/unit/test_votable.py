"""VOTable documents."""

from __future__ import annotations

import base64
import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from astropy.io.votable.tree import Field, Resource, TableElement, VOTableFile

from ztfvo import votable

TYPES = {"double": "f8", "float": "f4", "long": "i8", "int": "i4", "short": "i2"}


def stream(kind: type[TableElement], size: int) -> bytes:
    """The rows of a table of all types, as written by a kind of table."""
    document = VOTableFile(version="1.4")
    resource = Resource()
    document.resources.append(resource)
    table = kind(document)
    resource.tables.append(table)
    for name in TYPES:
        table.fields.append(Field(document, ID=name, name=name, datatype=name))
    table.create_arrays(size)
    random = np.random.default_rng(1)
    for name, dtype in TYPES.items():
        raw = random.integers(0, 2**8, size * np.dtype(dtype).itemsize, dtype=np.uint8)
        table.array[name] = raw.view(dtype)
    table.array["double"][0] = table.array["float"][0] = np.nan
    table.format = "binary"
    buffer = io.BytesIO()
    document.to_xml(buffer)
    return re.search(rb"<STREAM[^>]*>(.*?)</STREAM>", buffer.getvalue(), re.DOTALL)[1]


@pytest.mark.parametrize("size", [1, 1000])
def test_rows_are_written_as_astropy_writes_them(size):
    fast, slow = (
        base64.b64decode(stream(kind, size)) for kind in (votable.NumberTable, TableElement)
    )
    assert len(fast) == size * 26
    assert fast == slow


def test_an_error_document_has_the_message_as_it_is():
    message = "x < y & 'z' \"w\" ü"
    document = ElementTree.fromstring(votable.error(message))
    (info,) = document.iter("{http://www.ivoa.net/xml/VOTable/v1.3}INFO")
    assert (info.get("name"), info.get("value"), info.text) == ("QUERY_STATUS", "ERROR", message)
