"""The archive's mirrors in nginx' configuration: addresses, name servers, sizes."""

import re

import pytest
from pydantic import ValidationError

from ztfvo.settings import load_settings
from ztfvo.site import mirrors
from ztfvo.site.errors import SiteError


def with_mirrors(*addresses: str):
    return load_settings(var="/srv/ztfvo", archive_mirrors=addresses)


def test_mirrors_are_separated_by_blanks_or_commas(monkeypatch):
    monkeypatch.setenv("ZTFVO_ARCHIVE_MIRRORS", "https://a.example/p/, http://b.example:81/\n")
    assert load_settings().archive_mirrors == ("https://a.example/p/", "http://b.example:81/")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "irsa.ipac.caltech.edu/",
        "ftp://a.example/",
        "https://a.example",
        "https://a.example/products",
        "https://user:word@a.example/",
        "https://a.example/;return 200/",
        "https://a.example/$request_uri/",
        "https://a.example/{x}/",
        'https://a.example/"/',
        "https://a.example/?x=/",
        "https://a_b.example/",
        "https://a.example:999999/",
        "https://a.example:65536/",
        "https://a.example:0/",
        "https:///products/",
        "https://a.example/../",
    ],
)
def test_what_is_no_address_of_a_mirror_is_refused(monkeypatch, address):
    monkeypatch.setenv("ZTFVO_ARCHIVE_MIRRORS", address)
    with pytest.raises(ValidationError, match=r"the address of a mirror|give one mirror"):
        load_settings()


@pytest.mark.parametrize(
    ("address", "host", "port", "header", "base"),
    [
        ("https://a.example/ibe/data/", "a.example", 443, "a.example", "/ibe/data"),
        ("http://a.example/", "a.example", 80, "a.example", ""),
        ("http://127.0.0.1:8085/x/", "127.0.0.1", 8085, "127.0.0.1:8085", "/x"),
        ("https://[2001:db8::1]:8443/x/", "[2001:db8::1]", 8443, "[2001:db8::1]:8443", "/x"),
        ("https://[2001:db8::1]/x/", "[2001:db8::1]", 443, "[2001:db8::1]", "/x"),
    ],
)
def test_parts_of_an_address_come_into_their_places(address, host, port, header, base):
    made = mirrors.mirror_values(with_mirrors(address), 0)
    assert (made["HOST"], made["MIRROR_PORT"], made["HOST_HEADER"]) == (host, port, header)
    assert (made["SCHEME"], made["BASE"]) == (address.partition(":")[0], base)
    assert ("proxy_ssl_verify on;" in made["TLS"]) == address.startswith("https")


def test_the_first_mirror_is_preferred_and_the_others_stand_by():
    lines = mirrors.values(with_mirrors("http://a.example/", "http://b.example/"))["MIRRORS"]
    first, second = lines.splitlines()
    assert "mirror-0.sock" in first
    assert "backup" not in first
    assert "mirror-1.sock" in second
    assert second.endswith(" backup;")


def test_https_needs_certificates_to_check_by(monkeypatch, tmp_path):
    monkeypatch.setattr(mirrors, "CERTIFICATES", tmp_path / "none")
    with pytest.raises(SiteError, match="ca-certificates"):
        mirrors.mirror_values(with_mirrors("https://a.example/"), 0)
    assert mirrors.mirror_values(with_mirrors("http://a.example/"), 0)["TLS"] == ""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("search example\noptions edns0\n", ""),
        ("nameserver 192.0.2.1\n", "  resolver 192.0.2.1;"),
        (
            "# x\nnameserver 192.0.2.1 \nnameserver 2001:db8::1\n",
            "  resolver 192.0.2.1 [2001:db8::1];",
        ),
        ("nameserver fe80::1%eth0\nnameserver\nnameserver x;y\n", ""),
    ],
)
def test_name_servers_are_read_as_far_as_nginx_takes_them(tmp_path, text, line):
    file = tmp_path / "resolv.conf"
    file.write_text(text)
    assert mirrors.resolver(file) == line


def test_without_a_resolv_conf_there_are_no_name_servers(tmp_path):
    assert mirrors.resolver(tmp_path / "none") == ""


@pytest.mark.parametrize("limit", [1, 7, 10, 60, 99, 100, 900, 1234, 3000])
def test_sizes_end_at_the_limit(limit):
    form = re.compile(mirrors.numbers_up_to(limit))
    assert [n for n in range(10 * limit + 11) if form.fullmatch(str(n))] == [*range(1, limit + 1)]
    taken = ["0.5", f"{limit - 1}.999999", f"{limit}"]
    refused = ["", "0", "0.0", "01", "1.", ".5", "-1", "1e1", f"{limit}.1", f"{limit}0", "\u0661"]
    assert [text for text in taken if not form.fullmatch(text)] == []
    assert [text for text in refused if form.fullmatch(text)] == []
