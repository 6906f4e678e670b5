"""What all routes share: reading a request, and answering it."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import Annotated, Any, get_type_hints
from urllib.parse import unquote_to_bytes

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile

from ztfvo.dal import Parameters
from ztfvo.errors import HTTPError

FORM = "application/x-www-form-urlencoded"
FORMS = (FORM, "multipart/form-data")
READING = ("GET", "HEAD")
ASKING = ("GET", "HEAD", "POST")

NAMED_RELEASE = "public, max-age=86400"
"""Cache-Control of what is said of a named release, whose data do not change."""
CHANGING = "public, max-age=300"
"""Cache-Control of what may change: another release may become the default."""

BODY_BYTES = 2 << 20
"""Of a request, at most."""
FORM_BYTES = 128 << 10
"""Of a form without parts: it is read where all requests wait."""


@dataclass(frozen=True)
class Sent:
    """A file of a form."""

    name: str
    content_type: str
    """As its sender calls it, without parameters, in small letters."""
    body: bytes


@dataclass(frozen=True)
class Given:
    """One request, as the routes take it."""

    request: Request
    parameters: Parameters
    """Of the address, and of the body where that is a form."""
    body: bytes
    """Of a POST that is no form."""
    content_type: str
    """Of the body, without parameters, in small letters."""
    files: tuple[Sent, ...] = ()
    """Of a form with parts."""

    @property
    def segments(self) -> list[str]:
        """The parts of the path, decoded."""
        return [part for part in self.request.scope["path"].split("/") if part]

    def around(self, name: str) -> list[str]:
        """Return the parts of the path before and behind the first that is `name`."""
        parts = self.segments
        parts.remove(name)
        return parts


async def _read(request: Request) -> Given:
    _check_encoding(request)
    pairs = list(request.query_params.multi_items())
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body, files = b"", []
    if request.method == "POST":
        is_form = content_type in FORMS
        _check_length(request, FORM_BYTES if content_type == FORM else BODY_BYTES)
        if is_form:
            _check_charset(request)
            form = await request.form(max_files=20, max_fields=1000)
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    kind = (value.content_type or "").partition(";")[0].strip().lower()
                    files.append(Sent(value.filename or "", kind, await value.read()))
                else:
                    pairs.append((name, value))
        else:
            body = await request.body()
    return Given(request, Parameters(pairs), body, content_type, tuple(files))


Reading = Annotated[Given, Depends(_read)]
"""The type of a route's parameter that takes the request."""


async def _read_document(request: Request) -> Given:
    _check_encoding(request)
    _check_length(request, BODY_BYTES)
    pairs = request.query_params.multi_items()
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Given(request, Parameters(pairs), await request.body(), content_type)


ReadingDocument = Annotated[Given, Depends(_read_document)]
"""The same where a body is a document whatever its type, as clients say what they like of it."""


def _check_encoding(request: Request) -> None:
    query = request.scope["query_string"].replace(b"+", b" ")
    try:
        for part in (request.scope.get("raw_path", b""), query):
            unquote_to_bytes(part).decode()
    except UnicodeDecodeError:
        raise HTTPError(400, "A path or parameter is not UTF-8: encode it as UTF-8.") from None


def _check_length(request: Request, most: int) -> None:
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > most:
        raise HTTPError(413, f"The body has {length} bytes, {most} are the limit: send less.")


def _check_charset(request: Request) -> None:
    """Refuse forms in other codes than UTF-8: some codecs of Python take minutes, or fail."""
    _, options = parse_options_header(request.headers.get("content-type"))
    for name, value in options.items():
        if name.lower() == b"charset" and value.lower() not in (b"utf-8", b"utf8"):
            raise HTTPError(415, "The form is not UTF-8: send it as UTF-8, without a charset.")


class _Route(APIRoute):
    """A route whose function takes a request as `Given`.

    FastAPI's own handler, which is made for functions of any parameters, takes a tenth of the time
    of a small answer.
    """

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:
        function = self.endpoint
        (dependency,) = get_type_hints(function, include_extras=True)["given"].__metadata__
        read = dependency.dependency
        waits = iscoroutinefunction(function)

        async def handle(request: Request) -> Response:
            given = await read(request)
            return await function(given) if waits else await run_in_threadpool(function, given)

        return handle


Answering = Callable[..., Response] | Callable[..., Awaitable[Response]]


def serve(
    router: APIRouter, *paths: str, methods: Sequence[str] = READING, **shown: Any
) -> Callable[[Answering], Answering]:
    """Have a function answer addresses.

    Parameters
    ----------
    paths
        As FastAPI writes them.
    methods
        The function answers each; HEAD is not shown in OpenAPI, since it is as GET.
    shown
        What OpenAPI shows, see `fastapi.APIRouter.add_api_route`; without it the addresses are not
        shown.
    """

    def add(function: Answering) -> Answering:
        for path in paths:
            for method in methods:
                router.add_api_route(
                    path,
                    function,
                    methods=[method],
                    include_in_schema=bool(shown) and method != "HEAD",
                    route_class_override=_Route,
                    **shown,
                )
        return function

    return add


def respond(
    request: Request,
    body: bytes,
    content_type: str,
    headers: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """Answer with a document, or say that the client has it already (RFC 9110, section 13.1.2).

    Parameters
    ----------
    headers
        Besides Content-Type and ETag.
    """
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    own = {"ETag": tag, **(headers or {})}
    wanted = request.headers.get("if-none-match")
    if (
        status == 200
        and wanted
        and tag in {one.strip().removeprefix("W/") for one in wanted.split(",")}
    ):
        return Response(status_code=304, headers=own)
    return Response(body, status, own | {"Content-Type": content_type})
