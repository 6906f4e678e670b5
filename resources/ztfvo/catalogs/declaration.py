"""What is declared of each hosted catalog, in ``inputs/catalogs/NAME/catalog.toml``."""

from __future__ import annotations

import re
import string
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from ztfvo import plugins

READERS = "ztfvo.catalogs.readers"
"""Package with one module for each kind of layout; its name with dashes is the kind's."""

TYPES = {
    "text": "text",
    "unicode": "text",
    "real": "real",
    "double precision": "double precision",
    "smallint": "smallint",
    "integer": "integer",
    "bigint": "bigint",
    "timestamp": "timestamp",
}
"""Types of columns as VOTables have them, and in SQL; `unicode` is text beyond ASCII."""

NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*", re.ASCII)
"""What may name a catalog or a column of one."""

LONGEST_NAME = 30

RESERVED = frozenset({"all", "catalog", "examples", "variables"})
"""Names that mean something else: to commands, and descriptors beside those of catalogs."""

Words = Annotated[str, AfterValidator(lambda text: " ".join(text.split())), Field(min_length=1)]
"""A text of one paragraph, however its lines are broken."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Part):
    """One column of a catalog's table."""

    name: str = Field(pattern=rf"^{NAME.pattern}$", max_length=LONGEST_NAME)
    type: Literal[*TYPES]
    unit: str = ""
    """As VOUnits writes it; empty where there is none."""
    ucd: str = ""
    head: str = ""
    """Of the column in tables for people."""
    description: Words
    required: bool = False
    """Whether each row has a value."""
    level: int = 10
    """Up to which verbosity (VERB = level / 10, rounded up) a cone search shows it."""
    digits: int | None = None
    """Digits behind the point that people are shown."""

    @property
    def sql(self) -> str:
        """Type in the database."""
        return TYPES[self.type]


class Source(_Part):
    """Where a layout has the values of a column."""

    of: str | tuple[int, int] = Field(alias="from")
    """A column's name, or first and last byte of a line, from 1."""
    form: Literal["", "hms", "dms"] = ""
    """Angles in hours, or in degrees, minutes and seconds, with colons, blanks or nothing between
    them; all others are numbers as they are."""
    null: tuple[str, ...] = ()
    """Values that stand for none, besides those of the layout."""
    strip: str = ""
    """Characters at the end of texts that are marks and not of the value."""
    element: int | None = None
    """Which element of an array is meant, from 0."""
    optional: bool = False
    """Whether a file may lack the column."""
    offset: float = 0.0
    """What is subtracted from larger values: of Julian dates whose first digits the catalog leaves
    out, and the file may not."""


def _as_source(value: Any) -> Any:
    return value if isinstance(value, dict) else {"from": value}


Places = dict[str, Annotated[Source, BeforeValidator(_as_source)]]
"""Where values are, by names of columns."""


class Layout(_Part):
    """How a file has a catalog's columns."""

    kind: str
    """One of `kinds`."""
    files: str = "*"
    """Pattern of the names of such files, without an ending .gz or .zip."""
    skip: int = Field(default=0, ge=0)
    """Lines before the names of columns, or before the data where there are none."""
    timestamp: bool = False
    """Whether the first of these lines says when the file was made."""
    names: tuple[str, ...] = ()
    """Of all columns, where a delimited file has no line of names."""
    delimiter: str = ","
    """Between values of a delimited file; ``blanks`` is any number of blanks."""
    encoding: str = "utf-8"
    hdu: int = 1
    """Of a FITS file, from 0."""
    null: tuple[str, ...] = ()
    """Values that stand for none in any column; blank ones do in any case."""
    columns: Places = {}
    """Where it has the values, by names of columns; those of ``[vizier]`` where none are given."""

    @model_validator(mode="after")
    def _check(self) -> Layout:
        if self.kind not in kinds():
            raise ValueError(f"kind = {self.kind!r} is not one of {', '.join(kinds())}")
        if self.timestamp and not self.skip:
            raise ValueError("a timestamp is in the first line that is skipped: skip = 1 at least")
        return self


class Download(_Part):
    """Where a catalog is published."""

    url: str = Field(pattern=r"^https?://\S+$")
    """Of its file."""
    name: str = ""
    """Of the file here; by default the last part of the address."""
    checksum: str = Field(default="", pattern=r"^(?:(?:md5|sha1|sha256):[0-9a-f]+)?$")
    checksums: str = ""
    """Address of a list of checksums by file names, or of a record of Zenodo's interface."""
    service: Literal["", "tns"] = ""
    """How to ask, where a plain request is not enough."""
    hours: int = Field(default=0, ge=0)
    """Age at which it is fetched and loaded by itself; 0 where that is for the operator."""

    @property
    def file(self) -> str:
        """Name of the file here."""
        return self.name or self.url.partition("?")[0].rpartition("/")[2]


class Yields(_Part):
    """Which columns say what is asked of any catalog; several are joined by blanks."""

    name: tuple[str, ...]
    type: str = ""
    types: dict[str, str] = {}
    """Words for codes of the type."""
    period: str = ""
    """Column of periods (d)."""
    redshift: str = ""


class Amplitude(_Part):
    """An amplitude that the catalog gives in the place of a magnitude."""

    of: str
    """Column of the magnitude, which has no value then."""
    flag: str
    """Column whose value has a ( in it then."""


class Vizier(_Part):
    """The catalog's table at VizieR, which is asked where this site does not host it."""

    table: str = Field(pattern=r"^[A-Za-z0-9+./_-]+$")
    """Such as B/vsx/vsx."""
    columns: Places
    """VizieR's names of columns, by ours; a column that is not named here has no values there."""
    key: str = ""
    """Column whose value VizieR finds the full record by."""
    example: tuple[float, float] | None = None
    """RA and Dec (deg) at which VizieR's table has a row."""

    @model_validator(mode="after")
    def _check(self) -> Vizier:
        if self.key and self.key not in self.columns:
            raise ValueError(f"key = {self.key!r} is not one of its columns")
        for name, place in self.columns.items():
            given = place.model_fields_set - {"of", "null", "offset"}
            if given or not isinstance(place.of, str):
                raise ValueError(f"columns.{name}: only a name, null and offset can be given")
        return self


class Catalog(_Part):
    """One hosted catalog."""

    name: str = Field(pattern=rf"^{NAME.pattern}$", max_length=LONGEST_NAME)
    title: Words
    label: Words = Field(max_length=12)
    """Short name; in the registry, which shows 16 characters, with `` SCS`` behind it."""
    description: Words
    created: datetime
    """When it was first served, UTC."""
    rank: int
    """Its place in lists; that of a smaller number is shown first."""
    authors: Words
    subjects: tuple[str, ...]
    """Terms of the Unified Astronomy Thesaurus, as its addresses write them."""
    waveband: Literal["Optical", "Infrared"] = "Optical"
    origin: Words
    """Who makes it and gives it out."""
    source: str
    """Bibcode of what to cite."""
    reference: str = Field(pattern=r"^https?://\S+$")
    """Address of a page about it."""
    licence: Words
    """On which terms it may be used, or that none are stated."""
    rows: int = Field(gt=0)
    """How many rows the published file has, at least."""
    bad_share: float = Field(ge=0, lt=1)
    """Share of bad rows above which a file is refused."""
    radius: float = Field(gt=0, le=3600)
    """Within which a row is usually taken for the same star (arcsec)."""
    test: tuple[float, float]
    """RA and Dec (deg) at which it has a row."""
    record: str = ""
    """Address of the full record of a row, with column names in braces; VizieR's by default."""
    by_hand: Words | Literal[""] = ""
    """How to get the file where no program may fetch it."""
    key: str = ""
    """Column whose values differ in all rows."""
    newest: str = ""
    """Column by which the newest of several rows with one key is kept."""
    variables: bool = False
    """Whether its rows are variable stars, which the table of all variables shows."""
    download: Download | None = None
    yields: Yields
    columns: tuple[Column, ...]
    amplitudes: dict[str, Amplitude] = {}
    """What the columns of amplitudes are made of, by their names."""
    vizier: Vizier | None = None
    layouts: dict[str, Layout]

    @model_validator(mode="after")
    def _check(self) -> Catalog:
        names = [column.name for column in self.columns]
        if self.name in RESERVED:
            raise ValueError(f"the site uses the name {self.name} for something else")
        if len(set(names)) < len(names):
            raise ValueError("a column is declared twice")
        if not (self.download or self.by_hand):
            raise ValueError("neither [download] nor by_hand says where the file comes from")
        if not self.layouts:
            raise ValueError("no layout is declared")
        for name, layout in self.layouts.items():
            if not (layout.columns or self.vizier):
                raise ValueError(f"layout {name} has no columns, and there is no [vizier]")
            if not layout.columns:
                layout.columns.update(self.vizier.columns)
        self._check_names(set(names))
        self._check_positions(names)
        for what in STANDARD:
            if what in names and getattr(self.yields, what) != what:
                raise ValueError(f"a column {what} is that of yields.{what}: call it otherwise")
        return self

    def _check_names(self, names: set[str]) -> None:
        """Refuse names of columns that are not declared."""
        used = {
            "yields": {*self.yields.name, self.yields.type, self.yields.period},
            "yields.redshift": {self.yields.redshift},
            "key and newest": {self.key, self.newest},
            "record": {part[1] for part in string.Formatter().parse(self.record) if part[1]},
            "amplitudes": set(self.amplitudes),
        }
        used |= {f"amplitudes.{name}": {one.of, one.flag} for name, one in self.amplitudes.items()}
        used |= {what: set(columns) for what, columns in self._places()}
        for what, columns in used.items():
            if unknown := sorted(columns - {""} - names):
                raise ValueError(f"{what} names {unknown[0]}, which is not a declared column")

    def _check_positions(self, names: list[str]) -> None:
        """Refuse a catalog without positions."""
        for what in ("ra", "dec"):
            if names.count(what) != 1 or self.column(what).type != "double precision":
                raise ValueError(f"a column {what} in double precision (ICRS, deg) is missing")
            if lacking := [name for name, columns in self._places() if what not in columns]:
                raise ValueError(f"{lacking[0]} does not say where {what} is")

    def _places(self) -> list[tuple[str, Places]]:
        """What files and VizieR have, by words for it."""
        layouts = [(f"layout {name}", layout.columns) for name, layout in self.layouts.items()]
        return [*layouts, *([("vizier", self.vizier.columns)] if self.vizier else [])]

    def column(self, name: str) -> Column:
        """Return a declared column."""
        return next(column for column in self.columns if column.name == name)

    @property
    def standard(self) -> dict[str, Column]:
        """Columns that mean the same in all catalogs and are not among its own, by what they are
        made of: the type of each star, and its period (d)."""
        own = {column.name for column in self.columns}
        return {
            made_of: column
            for name, column in STANDARD.items()
            if (made_of := getattr(self.yields, name)) and name not in own
        }

    @property
    def published(self) -> tuple[Column, ...]:
        """All columns of its published table, in their order."""
        return (*self.columns, *self.standard.values())


STANDARD = {
    "type": Column(
        name="type",
        type="text",
        ucd="meta.code.class;src.var",
        head="Type",
        description="Type, in the words of this catalog; the same column in all catalogs",
    ),
    "period": Column(
        name="period",
        type="double precision",
        unit="d",
        ucd="time.period",
        head="Period",
        description="Period; the same column in all catalogs",
    ),
}
"""Columns that mean the same in all catalogs."""


def kinds() -> list[str]:
    """Kinds of layouts that can be read."""
    return [name.replace("_", "-") for name in plugins.names(READERS)]
