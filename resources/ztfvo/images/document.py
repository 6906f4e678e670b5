"""What the finder says of an epoch's image, as JSON and as VOTable."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from astropy.io.votable.tree import TableElement

from ztfvo import addresses, votable
from ztfvo.images.cutout import DEFAULT_ARCSEC, PNG
from ztfvo.images.finder import Found
from ztfvo.images.products import (
    FITS,
    FITS_IMAGE,
    REFERENCE,
    SCIENCE,
    cutout_query,
    folder,
    raw_path,
    reference_path,
    science_path,
)
from ztfvo.store.names import DEFAULT
from ztfvo.times import HELIOCENTRIC_FRAME, PALOMAR_FRAME, START

RAW = "raw.fits.fz"
FOLDER_TYPE = "text/html"
_TYPES = {str: "char", float: "double", int: "long"}
SIMULATED = "The epoch was not observed: the archive has the image only where simulated ones are."


@dataclass(frozen=True)
class Product:
    """One file or page of an epoch's image."""

    name: str
    group: str
    """science, raw, reference, cutout or folder."""
    path: str
    """Below the site's root, with opening slash."""
    content_type: str
    description: str


@dataclass(frozen=True)
class Fact:
    """One value that is shown of an epoch."""

    name: str
    value: object
    unit: str | None
    ucd: str | None
    frame: str | None
    """ID of the system that the value refers to."""
    description: str


def address(found: Found, named: bool) -> str:
    """Address of an epoch on this site, ``/epoch/OID/HMJD``; with the release where `named`."""
    release = found.release if named else DEFAULT
    return addresses.epoch(release, found.oid, str(found.moment))


def products(found: Found, named: bool) -> list[Product]:
    """Everything that there is of an epoch's image."""
    image = found.image
    channel = image.fieldid, image.filterid, image.ccdid, image.qid
    own = address(found, named)
    cut = cutout_query(found.ra, found.dec, DEFAULT_ARCSEC)
    around = f"{DEFAULT_ARCSEC:g} arcsec around the object"
    made = [
        Product(suffix, "science", science_path(image, suffix), kind.content_type, kind.description)
        for suffix, kind in SCIENCE.items()
    ]
    made += [Product(RAW, "raw", raw_path(image), FITS, "Raw image of the whole CCD, compressed")]
    made += [
        Product(
            suffix,
            "reference",
            reference_path(*channel, suffix),
            kind.content_type,
            kind.description,
        )
        for suffix, kind in REFERENCE.items()
    ]
    made = [Product(**(vars(one) | {"path": addresses.archive(one.path)})) for one in made]
    return [
        *made,
        Product(
            "archive.fits",
            "cutout",
            f"{addresses.archive(science_path(image))}?{cut}",
            FITS_IMAGE,
            f"Science image, {around}, as the archive cuts it, with TPV world coordinates",
        ),
        Product(
            "cutout.fits",
            "cutout",
            f"{own}/cutout.fits",
            FITS_IMAGE,
            f"Science image, {around}, with plain TAN world coordinates; SIZE sets the side, IMAGE"
            " takes the difference or reference instead",
        ),
        Product(
            "cutout.png",
            "cutout",
            f"{own}/cutout.png",
            PNG,
            f"Picture of the science image, {around}; SIZE sets the side",
        ),
        Product(
            "folder",
            "folder",
            addresses.archive(folder(image)),
            FOLDER_TYPE,
            "Folder of the exposure in the archive, with all its quadrants",
        ),
    ]


def facts(found: Found) -> list[Fact]:
    """What is shown of the epoch and its exposure."""
    image = found.image
    mid = "Middle of the exposure"
    name = "Date and millionths of the day in the image's name, YYYYMMDDffffff"
    return [
        Fact("release", found.release, None, "meta.dataset", None, "Name of the data release"),
        Fact("oid", found.oid, None, "meta.id", None, "Identifier of the light curve"),
        Fact("ra", found.ra, "deg", "pos.eq.ra", "icrs", "Right ascension of the object"),
        Fact("dec", found.dec, "deg", "pos.eq.dec", "icrs", "Declination of the object"),
        Fact(
            "hmjd",
            found.moment.hmjd,
            "d",
            "time.epoch",
            "heliocentric",
            f"{mid}, as in the release",
        ),
        Fact("mjd_mid", found.mjd_mid, "d", "time.epoch", "palomar", mid),
        Fact("obsmjd", found.obsmjd, "d", "time.start", "palomar", "Start of the exposure"),
        Fact(
            "obsmjd_source",
            found.obsmjd_source,
            None,
            "meta.code",
            None,
            "How the start is known: observed, or estimated from the middle",
        ),
        Fact("exptime", found.exptime, "s", "time.duration;obs.exposure", None, "Exposure time"),
        Fact(
            "exptime_source",
            found.exptime_source,
            None,
            "meta.code",
            None,
            "How the exposure time is known: observed or assumed",
        ),
        Fact("fieldid", image.fieldid, None, "meta.id;obs.field", None, "Field of the survey"),
        Fact("rcid", image.rcid, None, "meta.id;instr", None, "Readout channel"),
        Fact("ccdid", image.ccdid, None, "meta.id;instr.det", None, "CCD"),
        Fact("qid", image.qid, None, "meta.id;instr.det", None, "Quadrant of the CCD"),
        Fact("filter", image.filter, None, "instr.filter", None, "Filter: zg, zr or zi"),
        Fact("filefracday", image.filefracday, None, "meta.id", None, name),
        Fact(
            "source",
            found.source,
            None,
            "meta.code",
            None,
            "How the name is known: from image metadata, from IRSA's lightcurve service, by asking"
            " irsa, or from the archive's directory listing",
        ),
    ]


def as_json(found: Found, site: str, named: bool) -> bytes:
    """The document in JSON; `site` is the address of the site, without closing slash."""
    shown: dict[str, object] = {fact.name: fact.value for fact in facts(found)}
    shown["simulated"] = found.simulated
    shown["time_frames"] = {
        "hmjd": HELIOCENTRIC_FRAME,
        "mjd_mid": PALOMAR_FRAME,
        "obsmjd": PALOMAR_FRAME | {"point": START},
    }
    if found.simulated:
        shown["note"] = SIMULATED
    for product in products(found, named):
        group = shown.setdefault(product.group, {})
        group[product.name] = {
            "url": site + product.path,
            "content_type": product.content_type,
            "description": product.description,
        }
    return orjson.dumps(shown)


def as_votable(found: Found, site: str, named: bool) -> bytes:
    """The document as VOTable 1.4: a row for each address, parameters for the rest."""
    infos = [("simulated", "true", SIMULATED)] if found.simulated else []
    frames = {"heliocentric": HELIOCENTRIC_FRAME, "palomar": PALOMAR_FRAME}
    document, resource = votable.document(infos, frames)
    table = TableElement(document, ID="products", name="products")
    table.description = f"Image of epoch {found.moment} of ZTF light curve {found.oid}"
    resource.tables.append(table)
    for fact in facts(found):
        table.params.append(
            votable.param(
                document,
                fact.description,
                ID=fact.name,
                name=fact.name,
                value=fact.value,
                datatype=_TYPES[type(fact.value)],
                unit=fact.unit,
                ucd=fact.ucd,
                ref=fact.frame,
            )
        )
    for name, ucd, description in (
        ("name", "meta.id;meta.main", "Name of the product"),
        ("group", "meta.code", "What it belongs to"),
        ("access_url", "meta.ref.url", "Address"),
        ("content_type", "meta.code.mime", "Media type"),
        ("description", "meta.note", "What it is"),
    ):
        table.fields.append(
            votable.field(document, description, ID=name, name=name, datatype="char", ucd=ucd)
        )
    rows = products(found, named)
    table.create_arrays(len(rows))
    for i, one in enumerate(rows):
        table.array[i] = (
            one.name,
            one.group,
            site + one.path,
            one.content_type,
            one.description,
        )
    return votable.as_bytes(document)
