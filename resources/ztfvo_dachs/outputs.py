"""What renderers of this site do alike with the parameters of a request."""

from __future__ import annotations

from typing import Any

from gavo import formats

from ztfvo.dal import BadParameter, shorten

OUTPUT = "RESPONSEFORMAT"


def parameters(request: Any) -> dict[str, list[str]]:
    """Keep the parameters that have a value, names in capitals, as text; return them.

    What begins with an underscore is for DaCHS' own forms, and uploads nothing here takes.
    """
    given: dict[str, list[str]] = {}
    for name, values in request.strargs.items():
        texts = [str(value) for value in values]  # what is not UTF-8 comes as an object
        if not name.startswith("_") and name.upper() != "UPLOAD" and any(map(str.strip, texts)):
            given.setdefault(name.upper(), []).extend(texts)
    request.strargs.clear()
    request.strargs.update(given)
    return given


def check(given: dict[str, list[str]]) -> None:
    """Check that the form of results that is wanted is known.

    Raises
    ------
    BadParameter
        400, with all that are.
    """
    wanted = given.get(OUTPUT, [""])[-1]
    if not wanted:
        return
    try:
        formats.getKeyFor(wanted)
    except formats.CannotSerializeIn:
        known = ", ".join(sorted(formats.iterFormats()))
        raise BadParameter(
            OUTPUT, f"{OUTPUT}={shorten(wanted)} is not known here: use one of {known}."
        ) from None
