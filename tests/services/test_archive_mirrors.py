"""Mirrors by https and by name: an nginx of its own, with the configuration of the site."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from support.image_archive import Holdings, Mirror
from support.waiting import wait_for_answer

from ztfvo.settings import load_settings
from ztfvo.site import config, mirrors
from ztfvo.site.identity import NGINX, as_user

PATH = "sci/2019/0314/432616/ztf_20190314432616_000633_zr_c07_o_q4_psfcat.fits"
CONTENT = b"a catalogue"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@pytest.fixture
def folder():
    """A folder that the service's user can enter."""
    made = Path(tempfile.mkdtemp(prefix="ztfvo-mirrors-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def mirror():
    """A mirror that has one file."""
    holdings = Holdings()
    holdings.files[PATH] = CONTENT
    made = Mirror(holdings, free_port(), "/products/")
    yield made
    made.stop()


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Write a certificate for a host, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "stand-in")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    files = folder / f"{name}.crt", folder / f"{name}.key"
    files[0].write_bytes(made.public_bytes(pem))
    private = serialization.PrivateFormat.PKCS8
    files[1].write_bytes(key.private_bytes(pem, private, serialization.NoEncryption()))
    return files


@contextmanager
def own_nginx(folder: Path, *addresses: str):
    """Run nginx with these mirrors; yields its address."""
    settings = load_settings(
        var=folder / "var",
        dsn="host=nowhere dbname=x",
        port=free_port(),
        archive_mirrors=addresses,
        archive_seconds=2,
    )
    config.make_folders(settings)
    config.write_service_config(settings)
    log = settings.var / "log" / "nginx" / "nginx-error.log"
    command = [config.find_nginx(), "-e", log, "-c", settings.run / "nginx.conf"]
    program = subprocess.Popen(as_user(settings, NGINX, command), cwd=settings.var)
    address = f"http://127.0.0.1:{settings.port}"
    try:
        wait_for_answer(f"{address}/__proxy__", seconds=10)
        yield address
    finally:
        program.terminate()
        program.wait(10)


@pytest.mark.parametrize(
    ("name", "trusted", "status"),
    [("127.0.0.1", True, 200), ("127.0.0.1", False, 502), ("elsewhere.example", True, 502)],
    ids=["right", "unknown issuer", "other name"],
)
def test_https_mirrors_are_asked_only_with_a_right_certificate(
    folder, mirror, monkeypatch, name, trusted, status
):
    own, key = certificate(folder, name)
    other, _ = certificate(folder, "other.example")
    monkeypatch.setattr(mirrors, "CERTIFICATES", own if trusted else other)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(own, key)
    mirror.start(context)
    with own_nginx(folder, f"https://127.0.0.1:{mirror.port}/products/") as address:
        answer = requests.get(f"{address}/archive/{PATH}", timeout=30)
    assert answer.status_code == status
    assert (answer.content == CONTENT) == (status == 200)
    assert len(mirror.requests) == (status == 200)


def test_nginx_starts_where_names_are_unknown_and_asks_the_next_mirror(folder, mirror):
    mirror.start()
    unknown = "https://archive.invalid/products/"
    with own_nginx(folder, unknown, f"http://127.0.0.1:{mirror.port}/products/") as address:
        assert requests.get(f"{address}/archive/{PATH}", timeout=60).content == CONTENT
