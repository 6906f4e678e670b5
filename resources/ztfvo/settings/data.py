"""Settings of what comes from elsewhere: releases, images, catalogs and other services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BaseModel, Field, field_validator
from pydantic_settings import NoDecode

from ztfvo.settings.values import is_mirror, split


class Data(BaseModel):
    """Settings of what comes from elsewhere: releases, images, catalogs and other services."""

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

    @field_validator("archive_mirrors", mode="before")
    @classmethod
    def _split_mirrors(cls, value: str | Iterable[str]) -> tuple[str, ...]:
        words = split(value)
        for word in words:
            if not is_mirror(word):
                raise ValueError(
                    f"{word!r} is not the address of a mirror: give it as "
                    "https://host/folders/, with closing slash"
                )
        if not words:
            raise ValueError("give one mirror at least")
        return words

    @field_validator("sky_surveys", mode="before")
    @classmethod
    def _split_surveys(cls, value: str | Iterable[str]) -> tuple[str, ...]:
        plain = tuple(word.rstrip("/") for word in split(value))
        for word in plain:
            if not is_mirror(f"{word}/"):
                raise ValueError(
                    f"{word!r} is not the address of a HiPS: give it as https://host/folders"
                )
        return plain
