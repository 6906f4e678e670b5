"""Behind a TLS proxy visitors are distinguished, and nobody's word is taken but the proxy's."""

from __future__ import annotations

import re
import subprocess
from functools import partial
from pathlib import Path

import pytest
import requests
from requests.adapters import HTTPAdapter
from support.files import ROOT
from support.waiting import wait_until

from ztfvo.settings import get_settings
from ztfvo.site.config import find_nginx

PROXY = "127.0.0.2"
"""What ZTFVO_TRUSTED_PROXIES names in tests."""

PAGE = (ROOT / "docs" / "operate.md").read_text("utf-8")


class From(HTTPAdapter):
    """Connections from one of this machine's loopback addresses."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(*args, **kwargs, source_address=(self.address, 0))


def visitor(address: str) -> requests.Session:
    session = requests.Session()
    session.verify, session.trust_env = False, False
    for scheme in ("http://", "https://"):
        session.mount(scheme, From(address))
    return session


def certificate(folder: Path) -> tuple[Path, Path]:
    paths = folder / "ztf.example.org.pem", folder / "ztf.example.org.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
         "/CN=localhost", "-out", paths[0], "-keyout", paths[1]],
        check=True, capture_output=True,
    )  # fmt: skip
    return paths


def of_page(language: str, host: str) -> str:
    """The example of a proxy's configuration in the documentation."""
    (found,) = [
        text for text in re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) if host in text
    ]
    return found


def nginx(folder: Path, port: int) -> list[str | Path]:
    settings = get_settings()
    public, key = certificate(folder)
    server = (
        of_page("nginx", "ztf.example.org")
        .replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
        .replace("server_name ztf.example.org", "server_name localhost")
        .replace("/etc/ssl/ztf.example.org.pem", str(public))
        .replace("/etc/ssl/ztf.example.org.key", str(key))
        .replace("198.51.100.2:8080", f"127.0.0.1:{settings.port}")
        .replace("proxy_pass", f"proxy_bind {PROXY};\n    proxy_pass")
    )
    paths = "".join(
        f"{name}_temp_path {folder}/{name};" for name in
        ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )  # fmt: skip
    file = folder / "proxy.conf"
    file.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; user root;\n"
        f"events {{}}\nhttp {{ access_log off; {paths}\n{server}}}\n"
    )
    return [find_nginx(), "-e", folder / "error.log", "-c", file]


@pytest.fixture(scope="module")
def proxy(site, tmp_path_factory):
    """Address of a proxy as the documentation has it."""
    assert PROXY in get_settings().trusted_proxies
    port = get_settings().port + 12
    process = subprocess.Popen(nginx(tmp_path_factory.mktemp("proxy"), port))
    address = f"https://127.0.0.1:{port}"
    ask = partial(visitor("127.0.0.3").get, f"{address}/__proxy__", timeout=5)
    wait_until(lambda: ask() is not None, unless=(requests.ConnectionError,))
    yield address
    process.terminate()
    process.wait()


def address_seen(session: requests.Session, base: str, **headers: str) -> str:
    """Whom the service takes somebody for: the address that it notes with their job."""
    answer = session.post(
        f"{base}/tap/async",
        data={"LANG": "ADQL", "QUERY": "SELECT name FROM ztf.releases"},
        headers=headers,
        timeout=30,
        allow_redirects=False,
    )
    assert answer.status_code == 303, answer.text
    name = answer.headers["Location"].rpartition("/")[2]
    folder = get_settings().var / "dachs" / "state" / "uwsjobs" / name
    seen = (folder / "address").read_text()
    session.delete(f"{base}/tap/async/{name}", timeout=30)
    return seen


pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")

FORGED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Real-IP": "203.0.113.9",
    "Forwarded": "for=203.0.113.9",
}


def test_visitors_are_distinguished_behind_the_proxy(proxy):
    for address in ("127.0.0.3", "127.0.0.4"):
        assert address_seen(visitor(address), proxy) == address
        assert address_seen(visitor(address), proxy, **FORGED) == address


def test_nobody_else_is_believed_who_they_say_they_are(site):
    direct = f"http://127.0.0.1:{get_settings().port}"
    for address in ("127.0.0.1", "127.0.0.3"):
        assert address_seen(visitor(address), direct, **FORGED) == address


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::6", "2001:db8:1:2::"),
        ("2001:db8::6", "2001:db8::"),
        ("::1", "::1"),
        ("192.0.2.9", "192.0.2.9"),
    ],
)
def test_a_visitor_with_many_addresses_of_one_network_is_one(site, said, seen):
    direct = f"http://127.0.0.1:{get_settings().port}"
    assert address_seen(visitor(PROXY), direct, **{"X-Forwarded-For": said}) == seen


def test_the_limit_of_one_visitor_is_not_that_of_another(proxy):
    one, other = visitor("127.0.0.5"), visitor("127.0.0.6")
    most, jobs = get_settings().jobs_per_address, []

    def make(session):
        answer = session.post(
            f"{proxy}/tap/async",
            data={"LANG": "ADQL", "QUERY": "SELECT name FROM ztf.releases"},
            timeout=30,
            allow_redirects=False,
        )
        if answer.status_code == 303:
            jobs.append(answer.headers["Location"].rpartition("/")[2])
        return answer.status_code

    try:
        assert [make(one) for _ in range(most + 1)] == [303] * most + [429]
        assert make(other) == 303
    finally:
        for name in jobs:
            one.delete(f"{proxy}/tap/async/{name}", timeout=30)
