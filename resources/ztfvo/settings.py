"""The one settings object of the project.

Every setting is a field of `Settings`. Its value comes from, in this order,
the environment variable ``ZTFVO_<NAME>``, the file ``settings.env`` in the
state folder (lines ``ZTFVO_<NAME>=value``), and the default given here.
A service reads the file that ``ZTFVO_SETTINGS`` names instead.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from ztfvo.machine import memory, processors

ROOT = Path(__file__).resolve().parents[2]

#: PostgreSQL refuses longer socket paths (sockaddr_un has 108 bytes).
LONGEST_SOCKET_PATH = 100

#: Scheme, host (name, IPv4 or IPv6 in brackets), port and folders of an archive's mirror.
_MIRROR = re.compile(
    r"https?://(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\])(?::[1-9][0-9]{0,4})?"
    r"/(?:[A-Za-z0-9_~-][A-Za-z0-9_~.-]*/)*"
)


_EMAIL = re.compile(r"[^\s@<>\"'(),:;\\]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


def is_email(text: str) -> bool:
    """Return whether a text can be an e-mail address."""
    return bool(_EMAIL.fullmatch(text))


def _is_mirror(address: str) -> bool:
    try:
        urlsplit(address).port  # noqa: B018 - it is checked when it is read
    except ValueError:
        return False
    return bool(_MIRROR.fullmatch(address))


class Settings(BaseSettings):
    """Settings of one installation.

    Attributes are described by the field descriptions below; `var` and `root`
    are absolute after validation, whatever was given.
    """

    model_config = SettingsConfigDict(env_prefix="ZTFVO_", extra="ignore", frozen=True)

    root: Path = Field(default=ROOT, description="Checkout of the project.")
    var: Path = Field(default=ROOT / "var", description="Folder of all state.")

    listen: str = Field(default="127.0.0.1", description="Address nginx listens on.")
    port: int = Field(default=8080, description="The one public port, served by nginx.")
    public_url: str | None = Field(
        default=None,
        description="Address people use, without closing slash; default http://localhost:<port>.",
    )

    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(),
        description="Addresses or networks of proxies in front of nginx, such as 192.0.2.7 or "
        "192.0.2.0/24, separated by blanks or commas; what they say in X-Forwarded-For and "
        "X-Forwarded-Proto is believed, of all others it is not.",
    )
    connections_per_address: int = Field(
        default_factory=lambda: max(32, 8 * processors()),
        ge=4,
        description="Requests at a time from one address; default eight for each processor, at "
        "least 32.",
    )
    spool_mib: int = Field(
        default=2048, ge=64, description="MiB of one answer that nginx keeps for a slow client."
    )

    dsn: str | None = Field(
        default=None,
        description="libpq string or URL of an existing database to use in place of a private "
        "cluster. Its role must own the database and may create roles; the extensions pg_sphere "
        "and q3c must be there or the role be a superuser.",
    )
    postgres_port: int = Field(
        default=8100, description="Number of the private cluster's socket; no TCP port is opened."
    )
    postgres_memory: int | None = Field(
        default=None,
        description="MB of memory planned for the private cluster; default half of the machine's.",
    )
    postgres_connections: int = Field(default=200, description="Private cluster: max_connections.")

    dachs_port: int = Field(
        default=8101, description="Port of the first DaCHS process on 127.0.0.1; others follow."
    )
    dachs_processes: int = Field(default=2, ge=1, le=64, description="Number of DaCHS processes.")
    app_processes: int = Field(
        default=2, ge=1, le=64, description="Number of processes of the web application."
    )
    app_threads: int = Field(
        default=20, ge=2, description="Requests at work at a time in one process of it."
    )
    watch_seconds: float = Field(
        default=20, gt=0, description="Seconds between two looks at the running service."
    )
    log_days: int = Field(default=14, ge=1, description="Days that logs are kept.")
    dachs_threads: int = Field(default=30, description="Worker threads of one DaCHS process.")
    tap_threads: int = Field(
        default=16, ge=2, description="Synchronous TAP queries at a time of one DaCHS process."
    )

    sync_seconds: int = Field(default=60, description="Time limit of a synchronous TAP query.")
    async_seconds: int = Field(default=3600, description="Time limit of an asynchronous TAP query.")
    sql_seconds: int = Field(default=15, description="Time limit of a cone search or form query.")
    longest_query: int = Field(default=1_000_000, description="Characters of an ADQL query.")
    longest_query_words: int = Field(
        default=600,
        description="Words and signs of an ADQL query, without lists of literals after IN; parsing "
        "takes a second for so many.",
    )
    default_rows: int = Field(default=20_000, description="TAP rows without MAXREC or TOP.")
    max_rows: int = Field(default=20_000_000, description="TAP rows at most.")
    upload_mb: int = Field(default=100, description="MB of a TAP upload, asynchronous.")
    sync_upload_mb: int = Field(default=20, description="MB of a TAP upload, synchronous.")
    upload_urls: bool = Field(
        default=False,
        description="Whether TAP fetches uploads from addresses that visitors give; public ones of "
        "http and https only.",
    )
    upload_seconds: int = Field(
        default=20, ge=1, le=600, description="Time limit of fetching such an upload."
    )
    job_days: int = Field(
        default=7, ge=1, le=365, description="Days that an asynchronous job is kept at most."
    )
    jobs: int = Field(
        default=1000, ge=1, description="Asynchronous TAP jobs that wait or run at a time."
    )
    jobs_per_address: int = Field(
        default=50, ge=1, description="Asynchronous TAP jobs from one address at a time."
    )
    jobs_kept_per_address: int = Field(
        default=1000,
        ge=1,
        description="Asynchronous TAP jobs of one address that are kept, ended ones included.",
    )
    result_mb: int = Field(default=8_000, ge=1, description="MB of one TAP result.")
    results_mb: int = Field(
        default=100_000, ge=1, description="MB of all asynchronous results and uploads."
    )
    results_mb_per_address: int = Field(
        default=20_000, ge=1, description="MB of asynchronous results and uploads of one address."
    )
    least_free_mb: int = Field(
        default=2_000, ge=0, description="MB of disk that TAP leaves free: below, it takes no jobs."
    )
    tap_jobs: int = Field(
        default_factory=lambda: max(4, 2 * processors()),
        ge=1,
        description="Asynchronous TAP jobs running at a time, per site, of which one address has "
        "half; default two for each processor, at least 4.",
    )
    sync_per_address: int = Field(
        default_factory=lambda: max(4, 2 * processors()),
        ge=1,
        description="Synchronous TAP queries at a time from one address; default as for jobs.",
    )
    max_cone_radius: float = Field(default=1.0, gt=0, le=180, description="Cone limit in degrees.")

    authority: str = Field(default="ztfvo.local", description="IVOA authority, without ivo://.")
    site_name: str = Field(default="ZTF light curves", description="Name on the pages.")
    site_description: str = Field(
        default="Light curves of the ZTF data releases in the Virtual Observatory.",
        description="One or two sentences on the site.",
    )
    publisher: str = Field(default="ztfvo", description="Organisation that runs the site.")
    contact_name: str = Field(
        default="",
        description="Person or role to ask, which set-up asks for; registry records and pages name "
        "it.",
    )
    contact_email: str = Field(
        default="",
        description="E-mail address to write to; in registry records, on pages, and in requests to "
        "other servers.",
    )
    contact_address: str = Field(default="not given", description="Postal address.")

    workers: int = Field(
        default_factory=processors,
        ge=1,
        description="Processes of an ingest, and of `ztfvo sources`.",
    )
    source_radius: float = Field(
        default=1.5,
        gt=0,
        le=5,
        description="arcsec that a light curve is from the position of its star at most.",
    )
    color_days: float = Field(
        default=0.5,
        gt=0,
        le=30,
        description="Days that two epochs are apart at most of which the colour of a star is made.",
    )
    irsa_url: str = Field(
        default="https://irsa.ipac.caltech.edu", description="Where releases are downloaded from."
    )
    tns_id: int | None = Field(
        default=None,
        description="Number of the bot, or the user, that the Transient Name Server knows this "
        "site as; its catalog is refreshed daily where this is set.",
    )
    tns_name: str = Field(default="", description="Name of that bot or user.")
    tns_type: Literal["bot", "user"] = Field(
        default="bot", description="Whether it is a bot or a user."
    )
    tns_key: str = Field(default="", description="Key of that bot, which TNS gives out.")
    kdb_workers: int = Field(
        default=2,
        ge=0,
        le=32,
        description="Processes of the knowledge database; 0 for a site without one. Its own "
        "settings, KDB_<NAME>, can stand in settings.env too.",
    )
    kdb_url: str | None = Field(
        default=None,
        description="Address of the knowledge database where it has a host name of its own, "
        "without path, such as https://records.example.org; by default it has the site's.",
    )
    kdb_public_dsn: str | None = Field(
        default=None,
        description="libpq string with which TAP reads the knowledge database, as a role that may "
        "read its schema kdb_public alone; only needed where KDB_DSN names an existing database.",
    )
    backup_target: str | None = Field(
        default=None,
        description="Where backups of the knowledge database go: a folder, or a target of rclone "
        "written name:path; default var/backup.",
    )
    backup_daily: int = Field(
        default=7, ge=1, description="Of so many days the newest backup is kept."
    )
    backup_weekly: int = Field(
        default=8, ge=0, description="Of so many weeks the newest backup is kept."
    )
    archive_mirrors: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("https://irsa.ipac.caltech.edu/ibe/data/ztf/products/",),
        description="Addresses of copies of the image archive, up to the folder that holds sci, "
        "ref and raw, with closing slash; separated by blanks or commas. The first is preferred, "
        "the others are asked where it fails. Names are looked up in DNS, not in /etc/hosts.",
    )
    archive_seconds: int = Field(
        default=20, ge=1, le=600, description="Time limit of an answer of an archive's mirror."
    )
    archive_cache_mb: int = Field(
        default=10_000, ge=10, description="MB of archive files that are kept here."
    )
    archive_cache_days: int = Field(
        default=365, ge=1, le=3650, description="Days that an archive file is kept here."
    )
    outside_cache_mb: int = Field(
        default=1000, ge=1, description="MB of answers of services outside that are kept here."
    )
    outside_seconds: int = Field(
        default=20,
        ge=1,
        le=60,
        description="Seconds that an answer waits for services outside at most; what comes later "
        "is kept for those who ask again.",
    )
    outside_gateway: str | None = Field(
        default=None,
        description="Server through which services outside are asked, where this machine may not "
        "ask them itself: https://HOST/PATH is asked for as GATEWAY/https/HOST/PATH.",
    )
    astro_colibri_uid: str = Field(
        default="",
        description="User ID of an account of Astro-COLIBRI, which answers registered users only; "
        "without it that source is not asked.",
    )
    sky_surveys: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(
            "https://alasky.cds.unistra.fr/Pan-STARRS/DR1/color-z-zg-g",
            "https://alasky.cds.unistra.fr/DSS/DSSColor",
            "https://alasky.cds.unistra.fr/2MASS/Color",
        ),
        description="Addresses of HiPS, the pictures that Aladin Lite shows of the sky, separated "
        "by blanks or commas; the first is shown unless another is chosen. Visitors' browsers ask "
        "their hosts, and no others; empty for none.",
    )
    largest_cutout: int = Field(
        default=900,
        ge=1,
        le=3000,
        description="Side of an image cutout at most, in arcsec or pixels.",
    )
    system_user: str = Field(
        default="ztfvo",
        pattern="^[a-z_][a-z0-9_-]{0,20}$",
        description="When root sets up: user that loads data; those of the services have this name "
        "with an ending (etc/system-users).",
    )

    dachs_memory_mb: int = Field(
        default=4000, ge=500, description="MB of memory of one DaCHS process, or TAP job, at most."
    )
    app_memory_mb: int = Field(
        default=2000,
        ge=500,
        description="MB of memory of one process of the web application at most.",
    )
    kdb_memory_mb: int = Field(
        default=1000,
        ge=200,
        description="MB of memory of one process of the knowledge database at most.",
    )
    nginx_memory_mb: int = Field(
        default=1000, ge=100, description="MB of memory of one nginx process at most."
    )
    backend_memory_mb: int = Field(
        default_factory=lambda: min(4000, max(500, memory() // 8)),
        ge=500,
        description="Private cluster: MB of memory of one connection's process at most, beside "
        "what all share; default an eighth of the machine's, 500 to 4000.",
    )
    open_files: int = Field(
        default=8192, ge=1024, description="Files and connections one process may have open."
    )
    user_processes: int = Field(
        default=2000,
        ge=500,
        description="Processes and threads of each service's system user at most, counted over "
        "all installations of the machine.",
    )

    @field_validator("root", "var")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("public_url", "kdb_url")
    @classmethod
    def _without_closing_slash(cls, value: str | None) -> str | None:
        return value.rstrip("/") if value else None

    @field_validator("contact_email")
    @classmethod
    def _is_email(cls, value: str) -> str:
        if value and not is_email(value):
            raise ValueError(f"{value!r} is not an e-mail address: write ztf@example.org")
        return value

    @field_validator("kdb_url")
    @classmethod
    def _is_a_host(cls, value: str | None) -> str | None:
        if value and not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?", value):
            raise ValueError(
                f"{value!r} is no address of a host: write https://records.example.org"
            )
        return value

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split_proxies(cls, value: str | Iterable[str]) -> tuple[str, ...]:
        words = value.replace(",", " ").split() if isinstance(value, str) else tuple(value)
        for word in words:
            try:
                ip_network(word)
            except ValueError as error:
                raise ValueError(
                    f"{word!r} is no address or network: write 192.0.2.7 or 192.0.2.0/24"
                ) from error
        return words

    @field_validator("archive_mirrors", mode="before")
    @classmethod
    def _split_mirrors(cls, value: str | Iterable[str]) -> tuple[str, ...]:
        words = value.replace(",", " ").split() if isinstance(value, str) else tuple(value)
        for word in words:
            if not _is_mirror(word):
                raise ValueError(
                    f"{word!r} is not the address of a mirror: give it as "
                    "https://host/folders/, with closing slash"
                )
        if not words:
            raise ValueError("give one mirror at least")
        return tuple(words)

    @field_validator("sky_surveys", mode="before")
    @classmethod
    def _split_surveys(cls, value: str | Iterable[str]) -> tuple[str, ...]:
        words = value.replace(",", " ").split() if isinstance(value, str) else tuple(value)
        plain = tuple(word.rstrip("/") for word in words)
        for word in plain:
            if not _is_mirror(f"{word}/"):
                raise ValueError(
                    f"{word!r} is not the address of a HiPS: give it as https://host/folders"
                )
        return plain

    @property
    def contact(self) -> str:
        """Whom to ask, for people; empty where nobody is named."""
        if not (self.contact_name and self.contact_email):
            return ""
        return f"{self.contact_name} <{self.contact_email}>"

    @property
    def whom_to_ask(self) -> str:
        """Whom to report to, in a sentence."""
        return self.contact or "the operators"

    @property
    def jobs_of_one(self) -> int:
        """Asynchronous TAP jobs running at a time of one address."""
        return max(1, self.tap_jobs // 2)

    @property
    def inputs(self) -> Path:
        """Folder of the releases' manifests, one folder each."""
        return self.root / "inputs" / "ztf"

    @property
    def catalogs(self) -> Path:
        """Folder of the declarations of hosted catalogs, one folder each."""
        return self.root / "inputs" / "catalogs"

    @property
    def data(self) -> Path:
        """Folder of the releases' raw files, one folder each."""
        return self.var / "data"

    @property
    def catalog_data(self) -> Path:
        """Folder of the files of hosted catalogs, one folder each."""
        return self.data / "catalogs"

    @property
    def dust(self) -> Path:
        """Folder of maps of interstellar dust, one folder each."""
        return self.data / "dust"

    @property
    def url(self) -> str:
        """Address of the site as people see it, without closing slash."""
        return self.public_url or f"http://localhost:{self.port}"

    @property
    def local_url(self) -> str:
        """Address at which this machine reaches the site, without closing slash."""
        host = "127.0.0.1" if self.listen in ("0.0.0.0", "*", "") else self.listen
        return f"http://{host}:{self.port}"

    @property
    def run(self) -> Path:
        """Folder of configuration, sockets and pid files.

        It is ``var/run``, or a folder named after `var` where that path would be too long for a
        socket: in /run where `var` is root's, else in /tmp.
        """
        run = self.var / "run"
        if len(str(run / "database" / ".s.PGSQL.65535")) <= LONGEST_SOCKET_PATH:
            return run
        digest = hashlib.sha256(str(self.var).encode()).hexdigest()[:12]
        owner = self.var.stat().st_uid if self.var.exists() else os.geteuid()
        return Path("/tmp" if owner else "/run") / f"ztfvo-{digest}"

    @property
    def socket_folder(self) -> Path:
        """Folder of the private cluster's socket."""
        return self.run / "database"

    @property
    def kdb_socket(self) -> Path:
        """Socket of the knowledge database."""
        return self.run / "kdb" / "kdb.sock"

    def app_socket(self, number: int) -> Path:
        """Return the socket of a process of the web application, counted from 0."""
        return self.run / "app" / f"{number}.sock"

    def home(self, part: str) -> Path:
        """Return the folder that programs of a part keep their own files in."""
        return self.var / "home" / part

    @property
    def outside_cache(self) -> Path:
        """File of what services outside answered, which the application keeps."""
        return self.home("app") / "outside.sqlite"

    @property
    def database_dsn(self) -> str:
        """Connection string of the role that owns the store schemas."""
        return self.dsn or self._private_dsn("ztfvo")

    @property
    def pages_dsn(self) -> str:
        """Connection string of the role that light curves and images are read with."""
        return self.dsn or self._private_dsn("ztfvo_pages")

    @property
    def superuser_dsn(self) -> str:
        """Connection string with administrative rights."""
        return self.dsn or self._private_dsn("postgres")

    def _private_dsn(self, role: str) -> str:
        return f"host={self.socket_folder} port={self.postgres_port} dbname=ztfvo user={role}"


def load_settings(**overrides: Any) -> Settings:
    """Read the settings afresh.

    Parameters
    ----------
    **overrides
        Values that win over environment and file.
    """
    var = overrides.get("var") or os.environ.get("ZTFVO_VAR") or ROOT / "var"
    own = os.environ.get("ZTFVO_SETTINGS") or Path(var).expanduser() / "settings.env"
    return Settings(_env_file=own, **overrides)


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Return the settings of this process, read once."""
    return load_settings()
