"""The one settings object of the project.

Every setting is a field of `Settings`, declared in a module of this package, one for each subject.
Its value comes from, in this order, the environment variable ``ZTFVO_<NAME>``, the file
``settings.env`` in the state folder (lines ``ZTFVO_<NAME>=value``), and the default given there.
A service reads the file that ``ZTFVO_SETTINGS`` names instead.
"""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings, SettingsConfigDict

from ztfvo.settings.data import Data
from ztfvo.settings.database import Database
from ztfvo.settings.processes import Processes
from ztfvo.settings.queries import Queries
from ztfvo.settings.records import Records
from ztfvo.settings.site import ROOT, Site

#: PostgreSQL refuses longer socket paths (sockaddr_un has 108 bytes).
LONGEST_SOCKET_PATH = 100


class Settings(Site, Database, Processes, Queries, Data, Records, BaseSettings):
    """Settings of one installation, and what follows from them.

    Attributes are described by the descriptions of their fields; `var` and `root` are absolute
    after validation, whatever was given.
    """

    model_config = SettingsConfigDict(env_prefix="ZTFVO_", extra="ignore", frozen=True)

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
    def models(self) -> Path:
        """Folder of models of supernovae, one folder each."""
        return self.data / "models"

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
