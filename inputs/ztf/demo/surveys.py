#!/usr/bin/env python3
"""Write simulated files of hosted catalogs in their true layouts, on the demo release's stars."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from astropy.io import fits

from skysim.surveys import SURVEYS, Row, read_stars, rows, sexagesimal
from ztfvo.catalogs import Catalog, declared
from ztfvo.catalogs.declaration import Layout, Source
from ztfvo.settings import get_settings

HERE = Path(__file__).resolve().parent
MADE = "2026-11-28 00:00:00"
"""Time in the first line of layouts that have one."""


def as_text(value: object, source: Source) -> str:
    """Return a value as a file has it; blank where there is none."""
    if value is None:
        return ""
    if not source.form:
        return str(value)
    apart = isinstance(source.of, str)
    whole, minutes, seconds = sexagesimal(
        abs(value) / (15 if source.form == "hms" else 1), 2 if source.form == "hms" else 1
    )
    sign = "" if source.form == "hms" else "-" if value < 0 else "+"
    width = 5 if source.form == "hms" else 4
    between = ":" if apart else ""
    text = f"{seconds:0{width}.{2 if source.form == 'hms' else 1}f}"
    return f"{sign}{between.join((f'{whole:02d}', f'{minutes:02d}', text))}"


def fixed_width(layout: Layout, some: list[Row]) -> bytes:
    """Write lines in which each value has its bytes."""
    width = max(source.of[1] for source in layout.columns.values())
    lines = ["simulated".ljust(width)] * layout.skip
    for row in some:
        line = [" "] * width
        for name, source in layout.columns.items():
            first, last = source.of
            text = as_text(row.get(name), source)[: last - first + 1]
            line[first - 1 : first - 1 + len(text)] = text
        lines.append("".join(line).rstrip())
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def delimited(layout: Layout, some: list[Row]) -> bytes:
    """Write lines of values with a character, or blanks, between them."""
    names = list(layout.names) or [str(source.of) for source in layout.columns.values()]
    ours = {source.of: name for name, source in layout.columns.items()}
    file = io.StringIO()
    for number in range(layout.skip):
        first = f'"{MADE}"' if layout.timestamp and number == 0 else "# simulated"
        file.write(f"{first}\n")
    values = [
        [as_text(row.get(ours.get(name)), layout.columns[ours[name]]) for name in names]
        for row in some
    ]
    if layout.delimiter == "blanks":
        file.writelines(" ".join(value or "nan" for value in row) + "\n" for row in values)
        return file.getvalue().encode()
    quoting = csv.QUOTE_ALL if layout.timestamp else csv.QUOTE_MINIMAL
    writer = csv.writer(file, delimiter=layout.delimiter, quoting=quoting, lineterminator="\n")
    writer.writerows([names, *values])
    return file.getvalue().encode()


def fits_table(layout: Layout, some: list[Row]) -> bytes:
    """Write a binary table; elements of one array are one column."""
    columns: dict[str, list[str]] = {}
    for name, source in layout.columns.items():
        columns.setdefault(source.of, []).append(name)
    made = []
    for of, ours in columns.items():
        table = [[row.get(name) for name in ours] for row in some]
        if len(ours) > 1:
            made.append(fits.Column(of, f"{len(ours)}E", array=np.array(table, float)))
            continue
        values = [row[0] for row in table]
        if any(isinstance(value, str) for value in values):
            texts = [value or "" for value in values]
            made.append(fits.Column(of, f"{max(map(len, texts)) or 1}A", array=texts))
        elif all(isinstance(value, int) for value in values):
            made.append(fits.Column(of, "J", array=values))
        else:
            numbers = [np.nan if value is None else value for value in values]
            made.append(fits.Column(of, "D", array=numbers))
    hdu = fits.BinTableHDU.from_columns(made)
    hdu.header["COMMENT"] = "simulated"
    file = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(file)
    return file.getvalue()


WRITERS: dict[str, Callable[[Layout, list[Row]], bytes]] = {
    "fixed-width": fixed_width,
    "delimited": delimited,
    "fits": fits_table,
}


def write(folder: Path, catalog: Catalog, some: list[Row]) -> Path:
    """Write the file of a catalog in its first layout."""
    layout = next(iter(catalog.layouts.values()))
    path = folder / catalog.name / layout.files.replace("*", f"simulated_{catalog.name}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(WRITERS[layout.kind](layout, some))
    return path


def main() -> int:
    """Write the files of all catalogs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder, with one for each catalog")
    out = parser.parse_args().out
    stars = read_stars(HERE / "stars.csv")
    known = declared(get_settings().catalogs)
    for name in SURVEYS:
        if name in known:
            write(out, known[name], list(rows(stars, name)))
    print(f"{out}: simulated rows of {len(SURVEYS)} catalogs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
