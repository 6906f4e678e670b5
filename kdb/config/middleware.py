"""What is done to every request and answer."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from kdb.config.errors import answer, for_scripts
from kdb.config.options import get_options

Handler = Callable[[HttpRequest], HttpResponse]

POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Of the API's description: scripts come from this site's files only, none from a text."""

PAGE_POLICY = (
    "default-src 'none'; {scripts}style-src 'self'; img-src 'self'{picture}; "
    "form-action 'self'{site}; base-uri 'none'; frame-ancestors 'none'"
)
"""Of pages, which have no scripts but where their view allows those of this site.

The other pages of the site may be at another host, where their search is and pictures are."""


UNKNOWN_ADDRESS = "0.0.0.0"
"""Stands for a visitor through a socket whose proxy does not pass addresses on."""


def address_of(request: HttpRequest) -> str:
    """Return the address a request came from, as the nearest trusted proxy saw it."""
    proxies = get_options().proxies
    said = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    address = said[-min(proxies, len(said))] if proxies else ""
    for candidate in (address, request.META.get("REMOTE_ADDR", "")):
        try:
            return str(ip_address(candidate))
        except ValueError:
            continue
    return UNKNOWN_ADDRESS


def client_address(get_response: Handler) -> Handler:
    """Put the visitor's address where everything that counts requests looks for it."""

    def handle(request: HttpRequest) -> HttpResponse:
        request.META["REMOTE_ADDR"] = address_of(request)
        request.META.pop("HTTP_X_FORWARDED_FOR", None)
        return get_response(request)

    return handle


def refuse_early(get_response: Handler) -> Handler:
    """Answer what no view needs to see: 400 to a NUL in the path, 413 to a large body unread."""

    def handle(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            return answer(request, 400, "There is a NUL in the address.")
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            return answer(request, 400, "Content-Length is not a number.")
        if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
            detail = f"The body has {length} bytes; at most {limit} are taken. Send it in parts."
            return answer(request, 413, detail)
        return get_response(request)

    return handle


def content_policy(get_response: Handler) -> Handler:
    """Instruct the browser whose scripts it may run, and what may be kept by shared caches."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        policy = POLICY if for_scripts(request) else page_policy()
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(response, ("Cookie", "Authorization"))
        return response

    return handle


def page_policy(scripts: bool = False) -> str:
    """Return what a browser may do with a page."""
    options = get_options()
    return PAGE_POLICY.format(
        scripts="script-src 'self'; " if scripts else "",
        picture=_origin(options.picture),
        site=_origin(options.object_page),
    )


def _origin(address: str) -> str:
    """Return an address' host as policies name it, with a blank before; none for this one's."""
    parts = urlsplit(address)
    return f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
