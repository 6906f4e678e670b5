"""Settings of the knowledge database and its backups."""

from __future__ import annotations

import re

from pydantic import BaseModel, Field, field_validator

from ztfvo.settings.values import without_closing_slash


class Records(BaseModel):
    """Settings of the knowledge database and its backups."""

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

    @field_validator("kdb_url")
    @classmethod
    def _is_a_host(cls, value: str | None) -> str | None:
        value = without_closing_slash(value)
        if value and not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?", value):
            raise ValueError(
                f"{value!r} is no address of a host: write https://records.example.org"
            )
        return value
