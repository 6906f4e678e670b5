"""The light curve itself, in every form, and its page."""

from __future__ import annotations

from collections.abc import Iterator

from ztfvo.links.model import HTML, TIMESERIES, VOTABLE, LightCurve, Link, address

#: Extension, semantics, content type, qualifier, and what it is.  Other files of the same numbers
#: are derivations of #this: several rows of #this would be parts of one dataset to clients.
FORMS = (
    ("vot", "#this", VOTABLE, TIMESERIES, "Light curve as VOTable"),
    ("png", "#preview", "image/png", None, "Figure of the light curve"),
    ("pdf", "#preview-plot", "application/pdf", None, "Figure of the light curve, for printing"),
    ("csv", "#derivation", "text/csv", TIMESERIES, "The same light curve as CSV"),
    ("json", "#derivation", "application/json", TIMESERIES, "The same light curve as JSON"),
    (
        "parquet",
        "#derivation",
        "application/vnd.apache.parquet",
        TIMESERIES,
        "The same light curve as Parquet",
    ),
)


def forms(curve: LightCurve) -> Iterator[Link]:
    """Links to the light curve in every form."""
    for extension, semantics, content_type, qualifier, what in FORMS:
        yield Link(
            address(curve.address, f"lc/{curve.oid}.{extension}"),
            semantics,
            f"{curve.origin}{what}: OID {curve.oid}, {curve.filter}, field {curve.fieldid}",
            content_type,
            qualifier,
            extension,
        )


def page(curve: LightCurve) -> Iterator[Link]:
    """The link to the page about the light curve."""
    yield Link(
        address(curve.address, f"view/{curve.oid}"),
        "#documentation",
        f"{curve.origin}Page about OID {curve.oid}",
        HTML,
        local_semantics="page",
    )
