"""The image archive's mirrors, and what may be asked of them, as nginx' configuration has it."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from urllib.parse import urlsplit

from ztfvo.images.products import FITS_IMAGE, REFERENCE, SCIENCE
from ztfvo.remote import Client, Failure
from ztfvo.settings import Settings
from ztfvo.site.errors import SiteError
from ztfvo.site.render import fill, read_template

RESOLV_CONF = Path("/etc/resolv.conf")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
DAY = 86400
SECONDS_OF_A_STATE = 6.0
DEFAULT_PORTS = {"http": 80, "https": 443}

#: Headers of a mirror's answer that would act on this proxy's clients.
HIDDEN_HEADERS = (
    "Access-Control-Allow-Credentials",
    "Access-Control-Allow-Headers",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Origin",
    "Access-Control-Expose-Headers",
    "Access-Control-Max-Age",
    "Allow",
    "Alt-Svc",
    "Cache-Control",
    "Clear-Site-Data",
    "Content-Disposition",
    "Content-Security-Policy",
    "Content-Type",
    "Expires",
    "Link",
    "Location",
    "NEL",
    "Pragma",
    "Refresh",
    "Report-To",
    "Service-Worker-Allowed",
    "Set-Cookie",
    "Set-Cookie2",
    "SourceMap",
    "Strict-Transport-Security",
    "Vary",
    "Via",
    "WWW-Authenticate",
    "X-Cache-Status",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "X-Powered-By",
)


def values(settings: Settings) -> dict[str, object]:
    """Return what the placeholders of the archive's files in ``etc/nginx`` stand for."""
    products = SCIENCE | REFERENCE
    images = [suffix for suffix, kind in products.items() if kind.content_type == FITS_IMAGE]
    return {
        "SCIENCE_SUFFIXES": _any_of(SCIENCE),
        "REFERENCE_SUFFIXES": _any_of(REFERENCE),
        "IMAGE_SUFFIXES": _any_of(images),
        "IMAGE_TYPE": FITS_IMAGE,
        "CONTENT_TYPES": "\n".join(
            f"  ~_{re.escape(suffix)}$ {kind.content_type};" for suffix, kind in products.items()
        ),
        "CUTOUT_SIDES": numbers_up_to(settings.largest_cutout),
        "ARCHIVE_SECONDS_KEPT": settings.archive_cache_days * DAY,
        "ARCHIVE_SECONDS_OF_A_MIRROR": settings.archive_seconds + 10,
        "MIRRORS": "\n".join(
            f"  server unix:{socket(settings, number)} max_fails=3 fail_timeout=10s"
            f"{' backup' if number else ''};"
            for number in range(len(settings.archive_mirrors))
        ),
        "MIRROR_SERVERS": "".join(
            fill(read_template(settings, "mirror.conf"), mirror_values(settings, number))
            for number in range(len(settings.archive_mirrors))
        ),
    }


def mirror_values(settings: Settings, number: int) -> dict[str, object]:
    """Return what the placeholders of one mirror's server stand for.

    Raises
    ------
    SiteError
        When a mirror is asked by https and the machine has no certificates to check it by.
    """
    address = urlsplit(settings.archive_mirrors[number])
    name = address.netloc.rpartition("@")[2]
    host = name[: name.rindex(":")] if address.port else name
    return {
        "SOCKET": socket(settings, number),
        "RESOLVER": resolver(RESOLV_CONF),
        "SCHEME": address.scheme,
        "HOST": host,
        "MIRROR_PORT": address.port or DEFAULT_PORTS[address.scheme],
        "HOST_HEADER": name,
        "BASE": address.path.rstrip("/"),
        "TLS": _tls(host) if address.scheme == "https" else "",
        "HIDDEN_HEADERS": "\n".join(f"    proxy_hide_header {name};" for name in HIDDEN_HEADERS),
        "ARCHIVE_SECONDS": settings.archive_seconds,
    }


def socket(settings: Settings, number: int) -> Path:
    """Return the socket at which nginx serves one mirror to itself."""
    return settings.run / "nginx" / f"mirror-{number}.sock"


def resolver(path: Path) -> str:
    """Return nginx' line on the name servers of a resolv.conf; empty when it names none."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    words = [line.split() for line in lines]
    servers = [_server(word[1]) for word in words if len(word) > 1 and word[0] == "nameserver"]
    known = " ".join(server for server in servers if server)
    return f"  resolver {known};" if known else ""


def _server(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if address.version == 4:
        return str(address)
    return "" if address.scope_id else f"[{address}]"  # nginx takes no scopes


def _tls(host: str) -> str:
    if not CERTIFICATES.exists():
        raise SiteError(
            f"there are no certificates in {CERTIFICATES} to check {host} by",
            "install the package ca-certificates, or name a mirror with http in "
            "ZTFVO_ARCHIVE_MIRRORS",
        )
    return "\n".join(
        (
            "    proxy_ssl_server_name on;",
            f"    proxy_ssl_name {host.strip('[]')};",
            "    proxy_ssl_verify on;",
            "    proxy_ssl_verify_depth 5;",
            f"    proxy_ssl_trusted_certificate {CERTIFICATES};",
            "    proxy_ssl_protocols TLSv1.2 TLSv1.3;",
        )
    )


def _any_of(suffixes: dict[str, object] | list[str]) -> str:
    return "|".join(re.escape(suffix) for suffix in suffixes)


def numbers_up_to(limit: int) -> str:
    """Return a regular expression of the numbers above 0 and up to `limit`, as people write them.

    Whole numbers have no leading zeros; up to six decimals may follow, except on `limit` itself.
    """
    not_zero = "(?!0(?:\\.0+)?(?![0-9.]))"
    return f"{not_zero}(?:{limit}|(?:{_whole_below(limit)})(?:\\.[0-9]{{1,6}})?)"


def _whole_below(limit: int) -> str:
    """Return a regular expression of the whole numbers from 0 to below `limit`.

    Shorter numbers are free; those of equal length share some first digits with `limit` and have a
    smaller one after them.
    """
    digits = str(limit)
    forms = ["0"] if limit > 0 else []
    forms += [f"[1-9][0-9]{{{length - 1}}}" for length in range(1, len(digits))]
    for place, digit in enumerate(digits):
        lowest = 1 if place == 0 else 0
        if int(digit) > lowest:
            rest = len(digits) - place - 1
            forms.append(f"{digits[:place]}[{lowest}-{int(digit) - 1}][0-9]{{{rest}}}")
    return "|".join(forms)


def states(settings: Settings) -> list[tuple[str, str]]:
    """Ask every mirror for its root, by way of nginx; return addresses and what came of it."""
    return [
        (address, _state(settings, number))
        for number, address in enumerate(settings.archive_mirrors)
    ]


def _state(settings: Settings, number: int) -> str:
    client = Client(
        "http://mirror",
        name="it",
        seconds=SECONDS_OF_A_STATE,
        most_bytes=0,
        uds=socket(settings, number),
    )
    try:
        with client:
            client.size("")
    except Failure as failure:
        if failure.status is None:
            return f"cannot be asked: {failure}"
        if failure.status >= 500:
            return f"does not answer (status {failure.status})"
    return "answers"
