"""Requests for light curves: read from path and parameters, and written as addresses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ztfvo.addresses import FIT, absolute, light_curves
from ztfvo.dal import Parameters, media_type, shorten
from ztfvo.errors import HTTPError
from ztfvo.products import own, writers
from ztfvo.products.kinds import Parameter
from ztfvo.products.layouts import layouts
from ztfvo.products.model import OwnPhotometry, Product, Request
from ztfvo.products.modelling import MODELLING
from ztfvo.products.parameters import FORMAT, ID, NAMES, PARAMETERS, SHORT_FORMAT, STAR, oids
from ztfvo.products.writers import Writer
from ztfvo.store.names import DEFAULT, NAME

DEFAULT_FORMAT = "votable"

JSON = "application/json"


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    path: Sequence[str] = ()
    """Nothing, OIDs, a release, or a release and OIDs; OIDs may have an extension and be several
    with commas between."""
    parameters: Parameters = field(default_factory=Parameters)
    body: bytes = b""
    """Of a POST that is no form."""
    content_type: str = ""
    """Of the body, without parameters."""


def read(asked: Asked, writer: Writer) -> Request:
    """Check a request's path and parameters.

    Parameters
    ----------
    writer
        The format, see `wanted`.

    Raises
    ------
    HTTPError
        With 404 for any other path, otherwise 400.
    """
    release, named = split(asked.path)
    given = asked.parameters
    given.require_known(NAMES)
    attributes: dict[str, object] = {}
    for parameter in PARAMETERS if given else ():
        _require_one_name(given, parameter)
        attributes |= parameter.read(given)
    _require_use(given)
    _require_model_can_be_drawn(given, writer)
    words = [*named, *given.words(ID), *given.words("OID")]
    if "circle" in attributes:
        _require_no_more_than_a_circle(given, words, writer)
    if "star" in attributes:
        require_no_more_than_a_star(given, words)
    cycles = attributes.pop("cycles", writer.cycles)
    return Request(
        release=_one_release(release, attributes.pop("release", release)),
        oids=() if attributes.keys() & {"circle", "star"} else oids(words),
        format=writer.names[0],
        cycles=cycles if "period" in attributes else 1,
        own=_own(asked, writer),
        **attributes | _of_layout(given, attributes.get("layout"), writer),
    )


def _require_one_name(given: Parameters, parameter: Parameter) -> None:
    if parameter.means and given.values(parameter.name) and given.values(parameter.means):
        raise HTTPError(
            400, f"{parameter.name} and {parameter.means} mean the same: give one of them."
        )


def _require_no_more_than_a_circle(given: Parameters, words: Sequence[str], writer: Writer) -> None:
    for name, more in ((ID, words), ("RADIUS", given.values("RADIUS"))):
        if more:
            raise HTTPError(
                400,
                f"{name}={shorten(more[0])} means nothing with POS, which asks for all light curves"
                " within a circle: give one of them.",
            )
    if not writer.circles:
        known = ", ".join(one.names[0] for one in writers.writers())
        raise HTTPError(
            400, f"There is no page of a circle: ask for {known}, or for the page of an ID."
        )


def require_no_more_than_a_star(given: Parameters, words: Sequence[str]) -> None:
    """Refuse what names light curves beside a star.

    Parameters
    ----------
    words
        Light curves that are named.

    Raises
    ------
    HTTPError
        400.
    """
    for name, more in ((ID, words), ("POS", [*given.values("POS"), *given.values("CIRCLE")])):
        if more:
            raise HTTPError(
                400,
                f"{name}={shorten(more[0])} means nothing with {STAR.name}, which asks for all"
                " light curves of a star: give one of them.",
            )


def _one_release(path: str, collection: str) -> str:
    if path not in (DEFAULT, collection):
        raise HTTPError(
            400,
            f"The address names release {path} and COLLECTION {collection}: leave one of them out.",
        )
    return collection


WITHOUT_LAYOUT = ("QUANTITY", "PERIOD", "BIN", "COLUMNS", "WITH", "DEREDDEN")
"""Parameters that add or change columns."""


def _of_layout(given: Parameters, name: object, writer: Writer) -> dict[str, object]:
    """Attributes of a request that a layout means."""
    if name is None:
        return {}
    if not writer.flat:
        tables = ", ".join(one.names[0] for one in writers.writers() if one.flat)
        raise HTTPError(400, f"LAYOUT={name} is one of tables: ask for {tables}.")
    for other in WITHOUT_LAYOUT:
        if given.values(other):
            raise HTTPError(
                400,
                f"{other}={shorten(given.values(other)[0])} means nothing with LAYOUT={name}, which"
                " says what columns there are: leave one of them out.",
            )
    layout = layouts()[name]
    return {"columns": layout.needs, "lenient": layout.lenient}


USES = {
    "EPOCH": (("PERIOD", "BIN"), "PERIOD=1.7001674"),
    "CYCLES": (("PERIOD",), "PERIOD=1.7001674"),
    "WAIT": (("WITH",), "WITH=all"),
    **{one.name: (("MODEL",), "MODEL=salt3") for one in MODELLING[1:]},
}
"""Parameters that mean nothing without one of others, and how one of these is given."""


def _require_use(given: Parameters) -> None:
    for name, (others, example) in USES.items():
        if given.values(name) and not any(given.values(each) for each in others):
            raise HTTPError(
                400,
                f"{name}={shorten(given.text(name) or '')} means nothing without"
                f" {' or '.join(others)}: give that too, as in {example}, or leave {name} out.",
            )


WITHOUT_MODEL = {
    "PERIOD": "it is of time, and not of phase",
    "DEREDDEN": "it has the dust of the Galaxy in it, as the epochs have",
}
"""Parameters that a model cannot be drawn with, and why."""


def _require_model_can_be_drawn(given: Parameters, writer: Writer) -> None:
    model = given.text("MODEL")
    if not model:
        return
    if not writer.models:
        figures = ", ".join(one.names[0] for one in writers.writers() if one.models)
        raise HTTPError(
            400,
            f"MODEL={shorten(model)} is drawn into figures: ask for {figures}, or ask /{FIT} for"
            " the numbers of the model.",
        )
    for other, reason in WITHOUT_MODEL.items():
        if writer.figure and given.values(other):
            raise HTTPError(
                400,
                f"{other}={shorten(given.values(other)[0])} cannot be used with MODEL:"
                f" {reason}. Leave one of them out.",
            )


def address(request: Request) -> str:
    """Address below the site's that asks for the same, with OIDs and parameters in a fixed form."""
    given = [(ID, ",".join(map(str, request.oids)))] if request.oids else []
    given += [(one.name, value) for one in PARAMETERS for value in one.write(request)]
    given.append((FORMAT, request.format))
    return light_curves(request.release, given)


def url(product: Product) -> str:
    """The whole address that gives a product again, for documents that leave the site."""
    return product.address or absolute(address(product.request))


def split(path: Sequence[str]) -> tuple[str, list[str]]:
    """Take a path apart: the release, and the OIDs as written.

    Raises
    ------
    HTTPError
        404, when it is not served.
    """
    rest = list(path)
    release = DEFAULT
    if rest and NAME.fullmatch(rest[0]):
        release = rest.pop(0)
    if len(rest) > 1:
        raise HTTPError(
            404,
            f"There is nothing at /lc/{shorten('/'.join(path))}. Light curves are at /lc/OID,"
            " /lc/OID.json and so on, and /RELEASE/lc/OID.",
        )
    return release, [word for word in rest[0].partition(".")[0].split(",") if word] if rest else []


def wanted(asked: Asked, more: Iterable[Writer] = ()) -> Writer:
    """The format asked for by extension or RESPONSEFORMAT; VOTable where none is.

    Parameters
    ----------
    more
        Formats besides those of `writers`.

    Raises
    ------
    HTTPError
        When there is no such format, or when the two differ.
    """
    known = (*writers.writers(), *more)
    by_name = {name: writer for writer in known for name in writer.names}
    by_extension = {writer.extension: writer for writer in known}
    named = media_type(_named(asked.parameters) or "")
    _, _, extension = asked.path[-1].partition(".") if asked.path else ("", "", "")
    if extension and extension.lower() not in by_extension:
        there = ", ".join(sorted(by_extension))
        raise HTTPError(404, f".{shorten(extension)} is not known here: use one of {there}.")
    if named and named not in by_name:
        there = ", ".join(sorted(writer.names[0] for writer in known))
        raise HTTPError(400, f"{FORMAT}={shorten(named)} is not known here: use one of {there}.")
    first, second = by_extension.get(extension.lower()), by_name.get(named)
    if first and second and first is not second:
        raise HTTPError(
            400,
            f"The address asks for .{first.extension} and {FORMAT}={shorten(named)} for something"
            " else: give one of them.",
        )
    return first or second or by_name[DEFAULT_FORMAT]


def _named(given: Parameters) -> str | None:
    """The format that a parameter names."""
    named, short = given.text(FORMAT), given.text(SHORT_FORMAT)
    if named and short and media_type(named) != media_type(short):
        raise HTTPError(
            400,
            f"{FORMAT}={shorten(named)} and {SHORT_FORMAT}={shorten(short)} mean the same: give one"
            " of them.",
        )
    return named or short


def _own(asked: Asked, writer: Writer) -> tuple[OwnPhotometry, ...]:
    if not asked.body:
        return ()
    if asked.content_type != JSON:
        raise HTTPError(
            415,
            f"A POST with {shorten(asked.content_type) or 'no content type'} is not understood:"
            f" send a form, or own photometry as {JSON}.",
        )
    if not writer.figure:
        figures = ", ".join(sorted(w.names[0] for w in writers.writers() if w.figure))
        raise HTTPError(400, f"Own photometry can be shown in figures only: ask for {figures}.")
    return own.parse(asked.body)
