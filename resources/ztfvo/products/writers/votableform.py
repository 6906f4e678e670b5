"""VOTable 1.4: a table for each light curve, in one resource.

Times refer to a TIMESYS, positions to a COOSYS, and magnitudes and fluxes to the table's group
``photcal``, as the IVOA note on light curves in VOTable of 2020 has it.
"""

from __future__ import annotations

from typing import Any

from astropy.io.votable.tree import Group, Info, TableElement, VOTableFile

from ztfvo import votable
from ztfvo.bands import BANDS
from ztfvo.photometry import ZERO_FLUX
from ztfvo.products.columns import AT_PALOMAR, CITATION, FACTS, Column
from ztfvo.products.model import Curve, Product
from ztfvo.products.notes import columns_of, notes, notes_of
from ztfvo.products.request import url
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

_TYPES = {
    "float64": "double",
    "float32": "float",
    "int64": "long",
    "int32": "int",
    "str": "char",
}
_TIMESYS = "hmjd_frame"
_AT_PALOMAR = "palomar_frame"
_MEASURED = ("mag", "flux", "diffmag", "diffflux")
"""Columns that have a photometric calibration."""


def write(product: Product) -> bytes:
    """The document, with binary rows."""
    columns = columns_of(product)
    frames = {_TIMESYS: HELIOCENTRIC_FRAME}
    if any(column.name in AT_PALOMAR for column in columns):
        frames[_AT_PALOMAR] = PALOMAR_FRAME
    document, resource = votable.document(_infos(product), frames)
    for number, curve in enumerate(product.curves):
        table = _table(document, curve, columns, number)
        for place, note in enumerate(notes_of(curve, product.request), 1):
            table.infos.append(Info(ID=f"note_{curve.oid}_{place}", name="note", value=note))
        resource.tables.append(table)
    if not product.curves:
        resource.tables.append(_empty_table(document, columns))
    return votable.as_bytes(document)


def _infos(product: Product) -> list[tuple[str, str, str | None]]:
    infos: list[tuple[str, str, str | None]] = [
        ("request", url(product.request), None),
        ("release", product.release, product.title),
        ("citation", CITATION, "Please cite this paper when you use these light curves."),
    ]
    infos += [("note", note, None) for note in notes(product)]
    if product.simulated:
        infos.insert(2, ("simulated", "true", "These light curves were not observed."))
    return infos


def _calibration(document: VOTableFile, filterid: int, number: int) -> Group:
    band = BANDS[filterid]
    group = Group(document, ID=f"photcal_{number}", name="photcal")
    for name, value, datatype, unit, ucd, utype in (
        (
            *("filterIdentifier", band.svo_id, "char", None, "meta.id;instr.filter"),
            "photDM:PhotometryFilter.identifier",
        ),
        (
            *("zeroPointFlux", ZERO_FLUX, "double", "Jy", "phot.mag;arith.zp"),
            "photDM:PhotCal.zeroPoint.flux.value",
        ),
        (
            *("magnitudeSystem", "AB", "char", None, "meta.code"),
            "photDM:PhotCal.magnitudeSystem.type",
        ),
        (
            *("effectiveWavelength", band.wavelength_eff, "double", "m", "em.wl.effective"),
            "photDM:PhotometryFilter.spectralLocation.value",
        ),
    ):
        group.entries.append(
            votable.param(
                document,
                None,
                ID=f"{name}_{number}",
                name=name,
                value=value,
                datatype=datatype,
                unit=unit,
                ucd=ucd,
                utype=utype,
            )
        )
    return group


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
    calibration = _calibration(document, curve.filterid, number)
    table.groups.append(calibration)
    _add_fields(document, table, columns, number, calibration.ID)
    table.create_arrays(len(curve))
    for field in table.fields:
        table.array[field.ID] = curve.columns[field.name]
    table.format = "binary"
    return table


def _empty_table(document: VOTableFile, columns: list[Column]) -> TableElement:
    table = TableElement(document, ID="lc_none", name="lc_none")
    table.description = "No light curve of the bands asked for"
    _add_fields(document, table, columns, 0, None)
    table.create_arrays(0)
    table.format = "binary"
    return table


def _add_fields(
    document: VOTableFile,
    table: TableElement,
    columns: list[Column],
    number: int,
    calibration: str | None,
) -> None:
    for column in columns:
        described = _attributes(column, number)
        reference = _reference(column.name, calibration)
        element = votable.field(document, column.description, ref=reference, **described)
        if column.null is not None:
            element.values.null = column.null
        table.fields.append(element)


def _reference(name: str, calibration: str | None) -> str | None:
    """ID of what the values of a column refer to."""
    if name in _MEASURED:
        return calibration
    return {"hmjd": _TIMESYS, **dict.fromkeys(AT_PALOMAR, _AT_PALOMAR)}.get(name)


def _param(document: VOTableFile, fact: Column, value: object, number: int) -> Any:
    reference = votable.ICRS if fact.name in ("ra", "dec") else None
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
