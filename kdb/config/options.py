"""The one settings object of the knowledge database.

Every setting is a field of `Options`; its value comes from the environment variable
``KDB_<NAME>``, else from the default given here.  What is unsafe is refused: the service does not
start, and says which setting is wrong and what to do.
"""

from __future__ import annotations

import stat
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SHORTEST_KEY = 50
"""Characters of the secret key at least."""

FEWEST_DIFFERENT = 16
"""Different characters in the secret key at least."""

KNOWN_KEYS = ("django-insecure", "changeme", "secret", "example")
"""Beginnings of keys that are in documentation somewhere."""


class UnsafeSetting(RuntimeError):
    """A setting with which the service must not run; the message says what to do."""


class Options(BaseSettings):
    """Settings of one knowledge database; the fields say what each is."""

    model_config = SettingsConfigDict(env_prefix="KDB_", extra="ignore", frozen=True)

    dsn: str = Field(
        description="libpq string or URL of the database, with the role that owns it. The role "
        "must not be a superuser."
    )
    secret_key_file: Path = Field(
        description="File with the secret key that signs sessions: 50 random characters or more, "
        "readable by the service's user alone."
    )
    public_url: str = Field(
        default="http://localhost:8080",
        description="Address of the site as people see it, without the prefix.",
    )
    prefix: str = Field(default="/kdb", description="Path below which the service lies.")
    object_page: str = Field(
        default="/view/{oid}",
        description="Address of an object's own page, elsewhere on the site; {oid} stands for "
        "its OID.",
    )
    picture: str = Field(
        default="/lc/{oid}.png",
        description="Address of the picture of an object's light curve; {oid} stands for its OID.",
    )
    face: Path | None = Field(
        default=None,
        description="Folder with the templates pages/links.html, pages/head.html and "
        "pages/foot.html: what the site's pages have in common.",
    )
    hosts: tuple[str, ...] = Field(
        default=(), description="Further host names the service answers to (a JSON list)."
    )
    insecure_http: bool = Field(
        default=False,
        description="Allow a public address without https: passwords can then be read on the way.",
    )
    debug: bool = Field(default=False, description="Show errors in detail; on this machine only.")
    open_reading: bool = Field(
        default=True, description="Whether public records can be read without login."
    )
    tap_url: str | None = Field(
        default=None,
        description="TAP service that knows the stars, asked for the other OIDs of each.",
    )
    tap_table: str = Field(
        default="ztf.objects",
        pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)?$",
        description="Its table with the columns oid, source_id, ra and dec (ICRS, degrees).",
    )
    tap_release_table: str = Field(
        default="ztf_{release}.objects",
        pattern=r"^([A-Za-z_]|\{release\})\w*(\{release\}\w*)?(\.[A-Za-z_]\w*)?$",
        description="Its table of a release's light curves; {release} stands for the name. A "
        "record on a light curve that it lacks is refused.",
    )
    tap_seconds: float = Field(default=5, gt=0, le=60, description="Time limit of asking it.")
    star_radius: float = Field(
        default=1.5,
        gt=0,
        le=10,
        description="OIDs within so many arcsec are one star, where it has no source.",
    )
    star_hours: float = Field(
        default=24, gt=0, description="Hours for which the answer of the TAP service is kept."
    )
    star_rows: int = Field(
        default=1_000_000, ge=0, description="Answers of the TAP service that are kept at most."
    )
    star_lookups: int = Field(
        default=500, ge=1, description="OIDs of one request that the TAP service is asked for."
    )
    star_lookups_anonymous: int = Field(
        default=50, ge=1, description="The same for those who are not logged in."
    )
    proxies: int = Field(
        default=1,
        ge=0,
        le=5,
        description="Proxies in front of the service that add to X-Forwarded-For.",
    )
    session_hours: float = Field(default=168, gt=0, le=744, description="Hours a login lasts.")
    token_days: int = Field(default=365, ge=1, le=1000, description="Days a token lasts at most.")
    tokens_per_user: int = Field(default=20, ge=1, description="Tokens a person can have.")
    login_attempts: int = Field(
        default=5, ge=1, le=20, description="Wrong passwords before a login name has to wait."
    )
    login_minutes: float = Field(default=15, gt=0, description="Minutes it has to wait.")
    login_rate: str = Field(
        default="30/min", pattern=r"^\d+/(s|min|h|d)\w*$", description="Logins from one address."
    )
    anonymous_rate: str = Field(
        default="1200/min",
        pattern=r"^\d+/(s|min|h|d)\w*$",
        description="Requests without login from one address, per process.",
    )
    user_rate: str = Field(
        default="3000/min",
        pattern=r"^\d+/(s|min|h|d)\w*$",
        description="Requests of one person, per process.",
    )
    body_bytes: int = Field(
        default=256 * 1024, ge=1024, le=16 * 2**20, description="Largest body of a request."
    )
    sql_seconds: float = Field(default=15, gt=0, description="Time limit of one SQL statement.")
    static_root: Path | None = Field(
        default=None, description="Folder the static files are collected in, for nginx."
    )

    @field_validator("public_url")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be an address like https://ztf.example.org")
        if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError("must be scheme, host and port only; KDB_PREFIX is the path")
        return value.rstrip("/")

    @field_validator("prefix")
    @classmethod
    def _plain_prefix(cls, value: str) -> str:
        if not value.startswith("/") or value != "/" + value.strip("/") or ".." in value:
            raise ValueError("must be a path like /kdb")
        return value

    @field_validator("object_page", "picture")
    @classmethod
    def _with_oid(cls, value: str) -> str:
        if value.count("{oid}") != 1 or set("{}") & set(value.replace("{oid}", "")):
            raise ValueError("must have {oid} once where the OID belongs, like /view/{oid}")
        if not value.startswith(("/", "https://", "http://")) or value.startswith("//"):
            raise ValueError("must begin with / or https://")
        return value

    @field_validator("hosts")
    @classmethod
    def _named_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        wild = [host for host in value if "*" in host or host.startswith(".") or not host.strip()]
        if wild:
            raise ValueError(f"{wild[0]!r} stands for many hosts: name each host")
        return value

    @field_validator("tap_url")
    @classmethod
    def _tap_address(cls, value: str | None) -> str | None:
        if not value:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            raise ValueError("must be an address like http://localhost:8080/tap")
        return value.rstrip("/")

    @field_validator("dsn")
    @classmethod
    def _safe_dsn(cls, value: str) -> str:
        try:
            parts = conninfo_to_dict(value)
        except psycopg.Error as error:
            raise ValueError(f"is not a connection string: {error}") from error
        user = parts.get("user")
        if not user:
            raise ValueError("names no user: add user=kdb, the role that owns the database")
        if user == "postgres":
            raise ValueError("is that of the superuser: use the role that owns the database")
        if not parts.get("dbname"):
            raise ValueError("names no database: add dbname=kdb")
        host = str(parts.get("host") or "")
        secrets = ("password", "passfile", "service", "sslcert")
        if host and not host.startswith("/") and not any(parts.get(name) for name in secrets):
            raise ValueError("goes over the network without a password: add one, or a passfile")
        return value

    @model_validator(mode="after")
    def _safe_together(self) -> Options:
        if self.debug and not self.local:
            raise ValueError(
                f"KDB_DEBUG shows settings and code to visitors of {self.public_url}: unset it"
            )
        if not (self.local or self.https or self.insecure_http):
            raise ValueError(
                f"KDB_PUBLIC_URL {self.public_url} sends passwords in the clear: use https, or "
                "set KDB_INSECURE_HTTP=true on a network you trust"
            )
        return self

    @property
    def host(self) -> str:
        """Host name of the site."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def https(self) -> bool:
        """Whether people reach the site by https."""
        return self.public_url.startswith("https://")

    @property
    def local(self) -> bool:
        """Whether the site is for this machine alone."""
        return is_local(self.host)

    @property
    def secret_key(self) -> str:
        """The secret key.

        Raises
        ------
        UnsafeSetting
            When the file is missing, readable by others, or its key can be guessed.
        """
        return read_key(self.secret_key_file)


def is_local(host: str) -> bool:
    """Whether a host name is this machine's own."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def read_key(path: Path) -> str:
    """Read a secret key and refuse one that is no secret.

    Raises
    ------
    UnsafeSetting
        When the file is missing, readable by others, or its key can be guessed.
    """
    remedy = f"write {SHORTEST_KEY} random characters or more into it, with mode 0600"
    try:
        mode = path.stat().st_mode
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UnsafeSetting(f"KDB_SECRET_KEY_FILE cannot be read ({error}): {remedy}") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UnsafeSetting(
            f"KDB_SECRET_KEY_FILE {path} can be read by others (mode {stat.S_IMODE(mode):04o}): "
            f"run chmod 600 {path}"
        )
    if len(key) < SHORTEST_KEY:
        raise UnsafeSetting(
            f"the key in KDB_SECRET_KEY_FILE {path} is too short ({len(key)} characters): {remedy}"
        )
    if len(set(key)) < FEWEST_DIFFERENT or key.lower().startswith(KNOWN_KEYS):
        raise UnsafeSetting(f"the key in KDB_SECRET_KEY_FILE {path} can be guessed: {remedy}")
    return key


def load_options(**overrides: Any) -> Options:
    """Read the settings afresh.

    Raises
    ------
    UnsafeSetting
        When one is missing, malformed or unsafe; the message names it.
    """
    try:
        options = Options(**overrides)
    except ValidationError as error:
        raise UnsafeSetting("; ".join(_sentence(problem) for problem in error.errors())) from None
    read_key(options.secret_key_file)
    return options


@lru_cache(maxsize=1)
def get_options() -> Options:
    """Return the settings of this process, read once."""
    return load_options()


def _sentence(problem: Any) -> str:
    # The value is not shown: a connection string may hold a password.
    message = problem["msg"].removeprefix("Value error, ")
    if not problem["loc"]:
        return message
    name = "KDB_" + "_".join(str(part) for part in problem["loc"][:1]).upper()
    return f"{name} is not set" if problem["type"] == "missing" else f"{name} {message}"
