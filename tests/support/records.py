"""Records of the knowledge database under test."""

from __future__ import annotations

from kdb.annotations.models import Annotation
from kdb.annotations.select import author_of, names_given


def history(oid):
    """Names of tags, text, author, time and release of each state of an object."""
    rows = Annotation.objects.filter(oid=oid).order_by("number")
    return [(names_given(row), row.text, author_of(row), row.created_at, row.release)
            for row in rows]  # fmt: skip
