"""Answer 400, not 500, when the fault is in the user's query."""

from __future__ import annotations

from gavo import base, formats

OPTIONAL = True


def install() -> None:
    """Apply the repair, once in a process."""
    base.ValidationError.httpCode = 400
    formats.CannotSerializeIn.httpCode = 400
