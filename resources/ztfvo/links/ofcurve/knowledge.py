"""What experts recorded on the light curve, and on others of the same star."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from ztfvo.addresses import record
from ztfvo.links.model import HTML, LightCurve, Link
from ztfvo.records import Record

ORDER = 35

LONGEST = 200
"""Characters of a remark that are shown."""


def links(curve: LightCurve) -> Iterator[Link]:
    """The link to its page in the knowledge database, and to those of its star with a record."""
    if curve.records is None:
        return
    found, unavailable = curve.records.by_oid, curve.records.unavailable
    own = unavailable or (_text(found[curve.oid]) if curve.oid in found else "nothing recorded yet")
    yield _link(curve.oid, "expert-record", f"Experts on OID {curve.oid}: {own}")
    for oid in dict.fromkeys(one.oid for one in curve.relatives):
        if oid in found and oid != curve.oid:
            text = f"Experts on OID {oid} of the same star: {_text(found[oid])}"
            yield _link(oid, "expert-record-of-star", text)


def _link(oid: int, word: str, text: str) -> Link:
    return Link(record(oid), "#documentation", text, HTML, local_semantics=word)


def _text(one: Record) -> str:
    """Tags, remark, author and day of a record in a sentence."""
    said = [", ".join(one.tag_names) or "no tag"]
    if one.description:
        said.append(textwrap.shorten(one.description, LONGEST, placeholder=" .."))
    return f"{'; '.join(said)} ({one.author}, {one.changed_at:%Y-%m-%d})"
