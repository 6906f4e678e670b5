"""Read the bodies of requests within bounds, or say that they cannot be read.

DaCHS reads forms while all other requests wait, however large they are and however many fields and
parts they have: a minute for what is sent in a second.  It hangs up on a POST whose form it cannot
read, so that a proxy takes the process for broken, and on any POST that is no form; and it decodes
per cent signs of multipart forms, in which they stand for themselves.

In addresses Twisted takes a semicolon for the end of a parameter, as nobody writes it: media types
and queries have them.
"""

from __future__ import annotations

import io
import itertools
import mmap
import re
from typing import Any, NamedTuple

from twisted.python import log

from ztfvo import votable
from ztfvo.dal import media_type
from ztfvo.settings import get_settings

MIB = 2**20

LARGEST_FORM = 2 * MIB
"""Bytes of a form, without its files; nginx takes as many, and queries have half of it."""

MOST_FIELDS, MOST_NAMES = 10_000, 500
"""Fields of a form, and different names of parameters; DaCHS asks for each name in many places."""

LONGEST_VALUE, LONGEST_IN_PAGES = 3_000, 200
"""Bytes of any parameter, and of what people write into a form; DaCHS takes minutes for numbers,
ranges and positions without an end."""

MEASURED_LATER = (b"query", b"resumptiontoken")
"""Parameters that are measured where they are read."""

FORMS_OF_RESULTS = (b"responseformat", b"format")
"""Parameters that may be media types."""

MOST_PARTS = 100
"""Parts of a multipart form."""

URLENCODED, MULTIPART = b"application/x-www-form-urlencoded", b"multipart/form-data"
UNREADABLE = (
    "The body of the request is not the form that its content type says: send it as "
    "application/x-www-form-urlencoded or multipart/form-data."
)

_WITH_UPLOADS = re.compile(rb"/(?:tap|__system__/tap/run)/(a?sync)")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_DIGITS = "0123456789abcdefABCDEF"
_BYTES = {(high + low).encode(): bytes.fromhex(high + low) for high in _DIGITS for low in _DIGITS}


class Refused(Exception):
    """A body is not read.

    Parameters
    ----------
    sentence
        For people.
    status
        HTTP status.
    """

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


class Form(NamedTuple):
    """What a body has."""

    fields: list[tuple[bytes, bytes]]
    """Names and values."""

    files: dict[str, list[Any]]


def install_in_server() -> None:
    """Apply the repair, once in a process."""
    from gavo.web.common import Request

    original = Request.requestReceived

    def receive(self: Any, command: bytes, path: bytes, version: bytes) -> None:
        self.method, self.uri, self.clientproto = command, path, version
        self.path = path.partition(b"?")[0]
        try:
            form = _read(self)
        except Refused as refused:
            _refuse(self, refused)
            return
        _give_when_processed(self, form)
        original(self, command, path, version)

    Request.requestReceived = receive


def _read(request: Any) -> Form:
    """Read the body of a request.

    Raises
    ------
    Refused
        When it is too much, or not what it says.
    """
    sent = request.requestHeaders.getRawHeaders(b"content-type", [b""])[0]
    kind = sent.partition(b";")[0].strip().lower()
    content = request.content
    size = content.seek(0, io.SEEK_END)
    most = _most_bytes(request.path, kind)
    if size > most:
        raise Refused(f"The body of the request has {size} bytes, and {most} are possible.", 413)
    content.seek(0)
    if request.method != b"POST" or not size:
        return Form([], {})
    if kind == URLENCODED:
        return Form(_read_fields(content.read()), {})
    return _read_parts(content, sent) if kind == MULTIPART else Form([], {})


def _most_bytes(path: bytes, kind: bytes) -> int:
    found = _WITH_UPLOADS.fullmatch(path)
    if not found or kind != MULTIPART:
        return LARGEST_FORM
    settings = get_settings()
    megabytes = settings.sync_upload_mb if found[1] == b"sync" else settings.upload_mb
    return megabytes * 10**6 + LARGEST_FORM


def _read_fields(body: bytes) -> list[tuple[bytes, bytes]]:
    """Read an urlencoded form; fields without a value count as not sent."""
    if body.count(b"&") >= MOST_FIELDS:
        raise Refused(f"The form has more than {MOST_FIELDS} fields: send fewer at a time.")
    pairs = (field.partition(b"=") for field in body.split(b"&"))
    return [(name, _decoded(value)) for name, _, value in pairs if value]


def _read_address(query: bytes) -> list[tuple[bytes, bytes]]:
    """Read the parameters of an address (URL Standard, section 5.1)."""
    pairs = (field.partition(b"=") for field in query.split(b"&"))
    return [(_decoded(name), _decoded(value)) for name, equals, value in pairs if equals]


def _form(value: bytes) -> bytes:
    return media_type(value.decode()).encode() if b"/" in value else value


def _decoded(value: bytes) -> bytes:
    """A value without escapes; the standard library needs seconds for many per cent signs."""
    pieces = _ESCAPE.split(value.replace(b"+", b" "))
    pieces[1::2] = map(_BYTES.__getitem__, pieces[1::2])
    return b"".join(pieces)


def _as_utf8(value: bytes) -> bytes:
    try:
        value.decode()
    except UnicodeDecodeError:
        return value.decode("iso-8859-1").encode()
    return value


def _read_parts(content: Any, content_type: bytes) -> Form:
    """Read a multipart form."""
    from python_multipart import multipart

    form, size = Form([], {}), 0

    def take(field: Any) -> None:
        nonlocal size
        size += len(field.value)
        if size > LARGEST_FORM:
            raise Refused(
                f"The fields of the form have over {LARGEST_FORM} bytes: send tables as files.",
                413,
            )
        form.fields.append((field.field_name, field.value))

    def take_file(file: Any) -> None:
        file.file_object.seek(0)
        form.files.setdefault(file.field_name.decode("latin-1"), []).append(file)

    try:
        boundary = multipart.parse_options_header(content_type)[1].get(b"boundary")
        _check_parts(content, boundary)
        parser = multipart.FormParser(MULTIPART.decode(), take, take_file, boundary=boundary)
        while block := content.read(MIB):
            parser.write(block)
        parser.finalize()
    except Refused:
        raise
    except Exception as error:
        raise Refused(UNREADABLE) from error
    return form


def _check_parts(content: Any, boundary: bytes | None) -> None:
    """Refuse what the parser would read byte by byte: many parts, and boundaries that are none."""
    if not boundary:
        raise Refused(UNREADABLE)
    delimiter = b"\r\n--" + boundary
    view: Any
    if isinstance(content, io.BytesIO):
        view = content.getvalue()
    else:
        content.flush()
        view = mmap.mmap(content.fileno(), 0, access=mmap.ACCESS_READ)
    place = 0
    for number in itertools.count():
        place = view.find(delimiter, place)
        if place < 0:
            return
        if number == MOST_PARTS:
            raise Refused(f"The form has more than {MOST_PARTS} parts: send fewer at a time.")
        place += len(delimiter)
        if view[place : place + 2] not in (b"\r\n", b"--"):
            raise Refused(UNREADABLE)


def _check_arguments(path: bytes, arguments: dict[bytes, list[bytes]]) -> None:
    longest = LONGEST_IN_PAGES if path.endswith(b"/form") else LONGEST_VALUE
    if len(arguments) > MOST_NAMES:
        raise Refused(f"The request has more than {MOST_NAMES} different parameters.")
    for name, values in arguments.items():
        if len(name) > longest:
            raise Refused(f"The name of a parameter has more than {longest} bytes.")
        known = name[:40].decode("utf-8", "replace")
        if name.lower() not in MEASURED_LATER and max(map(len, values)) > longest:
            raise Refused(f"{known} has a value of more than {longest} bytes: send less.")
        if any(b"\0" in value for value in values):
            raise Refused(f"{known} has a character 0: leave it out.")


def _give_when_processed(request: Any, form: Form) -> None:
    """Keep the body from DaCHS' own parser, and add what is in it to the request's arguments.

    All of them are text then, those of the address too; DaCHS fails on others in many places.
    """
    process, headers = request.process, request.requestHeaders
    sent = headers.getRawHeaders(b"content-type")
    headers.removeHeader(b"content-type")

    def process_with_form() -> None:
        if sent:
            headers.setRawHeaders(b"content-type", sent)
        of_address = _read_address(request.uri.partition(b"?")[2])
        request.args = {}
        for name, value in itertools.chain(of_address, form.fields):
            request.args.setdefault(_as_utf8(name), []).append(_as_utf8(value))
        for name, values in request.args.items():
            if name.lower() in FORMS_OF_RESULTS:
                values[:] = (_form(value) for value in values)
        try:
            _check_arguments(request.path, request.args)
        except Refused as refused:
            _refuse(request, refused)
            return
        request.files.update(form.files)
        process()

    request.process = process_with_form


def _refuse(request: Any, refused: Refused) -> None:
    log.msg(f"{request.path[:80]!r} is refused: {refused.__cause__ or refused!r}")
    is_page = request.path.endswith(b"/form")
    body = f"{refused}\n".encode() if is_page else votable.error(str(refused))
    content_type = "text/plain; charset=utf-8" if is_page else votable.MEDIA_TYPE
    request.setResponseCode(refused.status)
    request.setHeader(b"content-type", content_type.encode())
    request.setHeader(b"content-length", str(len(body)).encode())
    request.setHeader(b"connection", b"close")
    request.write(body)
    request.finish()
