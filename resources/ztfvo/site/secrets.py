"""Secrets of an installation, generated once, each readable by one user alone."""

from __future__ import annotations

import base64
import hashlib
import secrets

from ztfvo.settings import Settings
from ztfvo.site.render import write


def secret(settings: Settings, name: str, size: int = 24, part: str | None = None) -> str:
    """Return the secret `name`, generated of `size` random bytes when it is first asked for.

    Parameters
    ----------
    part
        The part that reads it; by default set-up alone.
    """
    path = settings.var / "secrets" / name
    if not path.exists():
        write(settings, path, secrets.token_urlsafe(size) + "\n", 0o600, part=part)
    return path.read_text(encoding="utf-8").strip()


def password_hash(settings: Settings) -> str:
    """Return the administrator's password as DaCHS stores it.

    The form is that of ``dachs adm hashPasswd``: salt and scrypt hash, with
    the few rounds DaCHS uses, which suffice for a long random password.
    """
    salt = hashlib.sha256(secret(settings, "dachs-admin-salt").encode()).digest()[:16]
    password = secret(settings, "dachs-admin-password").encode()
    digest = hashlib.scrypt(password, salt=salt, n=4, r=8, p=1)
    return "scrypt:" + base64.b64encode(salt + digest).decode("ascii")
