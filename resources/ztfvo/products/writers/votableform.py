"""VOTable 1.4: a table for each light curve, in one resource; in a layout one for all; of services
outside one for each filter.

Times refer to a TIMESYS, positions to a COOSYS, and magnitudes and fluxes to the table's group
``photcal``, as the IVOA note on light curves in VOTable of 2020 has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from astropy.io.votable.tree import Info, TableElement, VOTableFile

from ztfvo import votable
from ztfvo.bands import BANDS
from ztfvo.products import flat
from ztfvo.products.columns import AT_PALOMAR, CITATION, FACTS, Column
from ztfvo.products.layouts import layouts
from ztfvo.products.model import Curve, Product
from ztfvo.products.notes import columns_of, notes, notes_of
from ztfvo.products.request import url
from ztfvo.products.writers import Writer, _beside_votable
from ztfvo.products.writers._photcal import calibration
from ztfvo.times import HELIOCENTRIC_FRAME, PALOMAR_FRAME
from ztfvo.votable import NumberTable

NAMES = (
    "votable",
    "vot",
    votable.MEDIA_TYPE,
    "text/xml",
    "application/x-votable+xml;serialization=binary",
)
EXTENSION = "vot"
CONTENT_TYPE = votable.MEDIA_TYPE
TITLE = "Light curve as VOTable"
ORDER = 10
SEMANTICS = "#this"
FLAT = True

_TYPES = {
    "float64": "double",
    "float32": "float",
    "int64": "long",
    "int32": "int",
    "str": "char",
}
_TIMESYS = "hmjd_frame"
_AT_PALOMAR = "palomar_frame"
_PLACES = dict.fromkeys(("ra", "dec"), votable.ICRS)
_TIME_FRAMES = {"hmjd": _TIMESYS, **dict.fromkeys(AT_PALOMAR, _AT_PALOMAR)}
_MEASURED = ("mag", "flux", "diffmag", "diffflux")
"""Columns that have a photometric calibration."""


def write(product: Product, rows: str = "binary") -> bytes:
    """The document, with rows as ``binary`` or as ``tabledata``."""
    if product.request.layout:
        return _laid_out(product, rows)
    frames = {_TIMESYS: HELIOCENTRIC_FRAME} | _beside_votable.frames(product)
    if not product.release:
        return _alone(product, frames, rows)
    columns = columns_of(product)
    if any(column.name in AT_PALOMAR for column in columns):
        frames[_AT_PALOMAR] = PALOMAR_FRAME
    document, resource = votable.document(_infos(product), frames)
    for number, curve in enumerate(product.curves):
        table = _table(document, curve, columns, number)
        table.format = rows
        for place, note in enumerate(notes_of(curve, product.request), 1):
            table.infos.append(Info(ID=f"note_{curve.oid}_{place}", name="note", value=note))
        resource.tables.append(table)
    if not product.curves:
        resource.tables.append(_empty_table(document, columns, rows))
    resource.tables.extend(_beside_votable.tables(document, product, _TIMESYS, rows))
    return votable.as_bytes(document)


def _alone(product: Product, frames: Mapping[str, Mapping[str, Any]], rows: str) -> bytes:
    """The document of what services outside gave."""
    document, resource = votable.document([("request", url(product), None)], frames)
    resource.tables.extend(_beside_votable.tables(document, product, _TIMESYS, rows))
    return votable.as_bytes(document)


def _laid_out(product: Product, rows: str) -> bytes:
    """The document with one table, in the request's layout."""
    frames = layouts()[product.request.layout].frames
    document, resource = votable.document(
        _infos(product), {f"{name}_frame": frame for name, frame in frames.items()}
    )
    table = NumberTable(document, ID="lightcurves", name="lightcurves")
    table.description = f"ZTF light curves of release {product.release}"
    columns = flat.table(product)
    references = {name: f"{name}_frame" for name in frames} | _PLACES
    _add_fields(document, table, [column for column, _ in columns], 0, references)
    table.create_arrays(sum(map(len, product.curves)))
    for column, values in columns:
        table.array[column.name] = values
    table.format = rows
    resource.tables.append(table)
    return votable.as_bytes(document)


TABLEDATA = Writer(
    names=("votable/td", f"{votable.MEDIA_TYPE};serialization=tabledata"),
    extension="td.vot",
    content_type=f"{votable.MEDIA_TYPE};serialization=tabledata",
    title="The same light curve as VOTable, with numbers as text",
    order=ORDER + 1,
    semantics="#derivation",
    write=partial(write, rows="tabledata"),
    cycles=1,
    figure=False,
    attachment=False,
    flat=True,
)
"""For who asks for it; links and pages do not name it."""


def _infos(product: Product) -> list[tuple[str, str, str | None]]:
    infos: list[tuple[str, str, str | None]] = [
        ("request", url(product), None),
        ("release", product.release, product.title),
        ("citation", CITATION, "Please cite this paper when you use these light curves."),
    ]
    infos += [("note", note, None) for note in notes(product)]
    if product.simulated:
        infos.insert(2, ("simulated", "true", "These light curves were not observed."))
    return infos


def _table(document: VOTableFile, curve: Curve, columns: list[Column], number: int) -> TableElement:
    table = NumberTable(document, ID=f"lc_{curve.oid}", name=f"lc_{curve.oid}")
    table.description = (
        f"ZTF light curve {curve.oid} of release {curve.release}, band {curve.filter}"
    )
    table.params.append(
        votable.param(
            document,
            None,
            ID=f"dataproduct_type_{number}",
            name="dataproduct_type",
            value="timeseries",
            datatype="char",
            ucd="meta.code.class",
            utype="obscore:ObsDataset.dataProductType",
        )
    )
    for name, value in curve.facts().items():
        table.params.append(_param(document, FACTS[name], value, number))
    band = BANDS[curve.filterid]
    group = calibration(document, band.svo_id, band.wavelength_eff, number)
    table.groups.append(group)
    references = _TIME_FRAMES | dict.fromkeys(_MEASURED, group.ID)
    _add_fields(document, table, columns, number, references)
    table.create_arrays(len(curve))
    for field in table.fields:
        table.array[field.ID] = curve.columns[field.name]
    return table


def _empty_table(document: VOTableFile, columns: list[Column], rows: str) -> TableElement:
    table = TableElement(document, ID="lc_none", name="lc_none")
    table.description = "No light curve of what is asked for"
    _add_fields(document, table, columns, 0, _TIME_FRAMES)
    table.create_arrays(0)
    table.format = rows
    return table


def _add_fields(
    document: VOTableFile,
    table: TableElement,
    columns: list[Column],
    number: int,
    references: Mapping[str, str],
) -> None:
    """Add columns; `references` has IDs of what the values of a column refer to, by its name."""
    for column in columns:
        described = _attributes(column, number)
        reference = references.get(column.name)
        element = votable.field(document, column.description, ref=reference, **described)
        if column.null is not None:
            element.values.null = column.null
        table.fields.append(element)


def _param(document: VOTableFile, fact: Column, value: object, number: int) -> Any:
    reference = _PLACES.get(fact.name)
    described = _attributes(fact, number)
    return votable.param(document, fact.description, value=value, ref=reference, **described)


def _attributes(column: Column, number: int) -> dict[str, str | None]:
    size = {"arraysize": str(column.width)} if column.width else {}
    return size | {
        "ID": f"{column.name}_{number}" if number else column.name,
        "name": column.name,
        "datatype": _TYPES[column.dtype],
        "unit": column.unit,
        "ucd": column.ucd,
    }
