"""The light curve itself, in every form."""

from __future__ import annotations

from collections.abc import Iterator

from ztfvo.addresses import absolute, light_curve
from ztfvo.links.model import TIMESERIES, LightCurve, Link
from ztfvo.products.writers import writers

ORDER = 10


def links(curve: LightCurve) -> Iterator[Link]:
    """Links to the light curve in every form."""
    for writer in writers():
        yield Link(
            absolute(light_curve(curve.address, curve.oid, writer.extension)),
            writer.semantics,
            f"{curve.origin}{writer.title}: OID {curve.oid}, {curve.filter}, field {curve.fieldid}",
            writer.content_type.partition(";")[0],
            None if writer.figure else TIMESERIES,
            writer.extension,
        )
