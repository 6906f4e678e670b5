"""Columns that sources declare again and again."""

from __future__ import annotations

from typing import Any

from ztfvo.outside.model import Column


def text(name: str, ucd: str, description: str, native: str | None = None, **more: Any) -> Column:
    """Return a column of texts."""
    return Column(name, "str", None, ucd, description, native, **more)


def whole(name: str, ucd: str, description: str, native: str | None = None, **more: Any) -> Column:
    """Return a column of whole numbers without a unit."""
    return Column(name, "int64", None, ucd, description, native, **more)


def number(
    name: str,
    unit: str | None,
    ucd: str,
    description: str,
    native: str | None = None,
    **more: Any,
) -> Column:
    """Return a column of numbers."""
    return Column(name, "float64", unit, ucd, description, native, **more)


def position(ra: str | None = None, dec: str | None = None) -> tuple[Column, Column]:
    """Return the columns of a place (ICRS), with the names that the source has for them."""
    return (
        number("ra", "deg", "pos.eq.ra;meta.main", "Right ascension (ICRS)", ra),
        number("dec", "deg", "pos.eq.dec;meta.main", "Declination (ICRS)", dec),
    )


def with_error(
    name: str, unit: str, ucd: str, description: str, native: str, native_error: str, **more: Any
) -> tuple[Column, Column]:
    """Return a column and that of its standard error, ``e_`` and its name."""
    return (
        number(name, unit, ucd, description, native, **more),
        number(
            f"e_{name}",
            unit,
            f"stat.error;{ucd}",
            f"Standard error of {name}",
            native_error,
            **more,
        ),
    )


def with_bounds(
    name: str,
    unit: str | None,
    ucd: str,
    description: str,
    native: str,
    low: str,
    high: str,
) -> tuple[Column, Column, Column]:
    """Return a column and those of its bounds at 16 and 84 per cent."""
    return (
        number(name, unit, ucd, description, native),
        number(f"{name}_low", unit, f"{ucd};stat.min", f"Lower bound (16 %) of {name}", low),
        number(f"{name}_high", unit, f"{ucd};stat.max", f"Upper bound (84 %) of {name}", high),
    )
