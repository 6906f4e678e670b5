"""Settings of the site: its addresses, names and users."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, field_validator
from pydantic_settings import NoDecode

from ztfvo.settings.values import is_email, split, without_closing_slash

ROOT = Path(__file__).resolve().parents[3]


class Site(BaseModel):
    """Settings of the site: its addresses, names and users."""

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
    system_user: str = Field(
        default="ztfvo",
        pattern="^[a-z_][a-z0-9_-]{0,20}$",
        description="When root sets up: user that loads data; those of the services have this name "
        "with an ending (etc/system-users).",
    )

    @field_validator("root", "var")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("public_url")
    @classmethod
    def _without_closing_slash(cls, value: str | None) -> str | None:
        return without_closing_slash(value)

    @field_validator("contact_email")
    @classmethod
    def _is_email(cls, value: str) -> str:
        if value and not is_email(value):
            raise ValueError(f"{value!r} is not an e-mail address: write ztf@example.org")
        return value

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split_proxies(cls, value: str | Iterable[str]) -> tuple[str, ...]:
        words = split(value)
        for word in words:
            try:
                ip_network(word)
            except ValueError as error:
                raise ValueError(
                    f"{word!r} is no address or network: write 192.0.2.7 or 192.0.2.0/24"
                ) from error
        return words
