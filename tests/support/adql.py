"""Queries of all kinds, and what their answers are, computed from the demo's own files."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import numpy as np

OID = 680113300005170
"""HZ Her in g."""

LIST = (OID, 680213300009232, 202110100000000, 5)
"""OIDs of an uploaded table, one of which there is not."""

Rows = Iterable[tuple[Any, ...]]
QUERIES: dict[str, Callable[[SimpleNamespace], Rows]] = {}
"""What the answer of each query is, computed from the files."""

VALUES: dict[str, dict[str, Callable[[SimpleNamespace], Any]]] = {}
"""Queries of one value: the answers of expressions, by what follows FROM."""


def expect(query: str, answer: Callable[[SimpleNamespace], Rows]) -> None:
    assert query not in QUERIES
    QUERIES[query] = answer


def expect_value(what: str, source: str, answer: Callable[[SimpleNamespace], Any]) -> None:
    """Expect the one value of an expression, FROM a source."""
    expect(f"SELECT {what} AS v FROM {source}", lambda f: [(answer(f),)])
    VALUES.setdefault(source, {})[what] = answer


def at(name: str) -> Callable[[SimpleNamespace], int]:
    """A value of the object OID."""
    return lambda f: int(getattr(f.o, name)[f.o.oid == OID][0])


# Aggregates: sums of small integers do not fit into small integers.
for name in ("fieldid", "rcid", "filterid", "nobs"):
    column = lambda f, name=name: getattr(f.o, name)  # noqa: E731
    for text, value in {
        f"SUM({name})": lambda f, c=column: c(f).sum(),
        f"MIN({name})": lambda f, c=column: c(f).min(),
        f"MAX({name})": lambda f, c=column: c(f).max(),
        f"AVG({name})": lambda f, c=column: c(f).mean(),
        f"COUNT({name})": lambda f, c=column: len(c(f)),
        f"COUNT(DISTINCT {name})": lambda f, c=column: len(set(c(f))),
        f"SUM({name} * 1000)": lambda f, c=column: c(f).sum() * 1000,
        f"SUM({name} * {name})": lambda f, c=column: (c(f) ** 2).sum(),
    }.items():
        expect_value(text, "ztf.objects", value)
    expect(
        f"SELECT fieldid, SUM({name}) AS s, COUNT(*) AS n FROM ztf.objects GROUP BY fieldid",
        lambda f, c=column: [
            (k, c(f)[f.o.fieldid == k].sum(), (f.o.fieldid == k).sum()) for k in set(f.o.fieldid)
        ],
    )
    expect(
        f"SELECT MAX(s) AS m FROM (SELECT fieldid, SUM({name}) AS s FROM ztf.objects"
        " GROUP BY fieldid) AS q",
        lambda f, c=column: [(max(c(f)[f.o.fieldid == k].sum() for k in set(f.o.fieldid)),)],
    )
    expect(
        f"SELECT SUM(n) AS m FROM (SELECT {name}, COUNT(*) AS n FROM ztf.objects GROUP BY {name})"
        " AS q",
        lambda f, c=column: [(len(c(f)),)],
    )
expect_value("COUNT(*)", "ztf.detections", lambda f: len(f.d.oid))
expect_value("SUM(catflags)", "ztf.detections", lambda f: f.d.catflags.sum(dtype=int))
expect_value("MIN(mag)", "ztf.detections", lambda f: f.d.mag.min())
expect_value("MAX(mag)", "ztf.detections", lambda f: f.d.mag.max())
expect_value("SUM(oid)", "ztf.objects", lambda f: float(sum(map(int, f.o.oid))))
expect_value("COUNT(*)", "ztf.detections WHERE mag < 15", lambda f: (f.d.mag < 15).sum())
expect_value(
    "SUM(mag)",
    f"ztf.detections WHERE oid = {OID}",
    lambda f: np.float32(f.d.mag[f.d.oid == OID].astype(float).sum()),
)
expect(
    "SELECT fieldid, MIN(nobs) AS a FROM ztf.objects GROUP BY fieldid HAVING COUNT(*) > 300",
    lambda f: [
        (k, f.o.nobs[f.o.fieldid == k].min())
        for k in set(f.o.fieldid)
        if (f.o.fieldid == k).sum() > 300
    ],
)
expect_value("COUNT(*)", "ztf.objects WHERE fieldid > 32767", lambda f: 0)

# Arithmetic on one object.
field, rcid, nobs = at("fieldid"), at("rcid"), at("nobs")
for text, value in {
    "fieldid * rcid": lambda f: field(f) * rcid(f),
    "fieldid * 100 + rcid": lambda f: field(f) * 100 + rcid(f),
    "rcid + fieldid * 100": lambda f: field(f) * 100 + rcid(f),
    "fieldid * fieldid": lambda f: field(f) ** 2,
    "fieldid * fieldid * rcid": lambda f: field(f) ** 2 * rcid(f),
    "(fieldid * fieldid) * (rcid + 1)": lambda f: field(f) ** 2 * (rcid(f) + 1),
    "fieldid + fieldid": lambda f: 2 * field(f),
    "fieldid - rcid * 1000": lambda f: field(f) - rcid(f) * 1000,
    "0 - fieldid * rcid": lambda f: -field(f) * rcid(f),
    "nobs * 1000": lambda f: nobs(f) * 1000,
    "nobs * fieldid": lambda f: nobs(f) * field(f),
    "fieldid / 7": lambda f: field(f) // 7,
    "fieldid / 7.0": lambda f: field(f) / 7,
    "fieldid * 1.5": lambda f: field(f) * 1.5,
    "MOD(fieldid, 7)": lambda f: field(f) % 7,
    "POWER(fieldid, 2)": lambda f: float(field(f) ** 2),
    "SQRT(fieldid)": lambda f: math.sqrt(field(f)),
    "ABS(0 - fieldid)": lambda f: field(f),
    "FLOOR(fieldid / 7.0)": lambda f: float(field(f) // 7),
    "IN_UNIT(dec, 'arcsec')": lambda f: f.o.dec[f.o.oid == OID][0] * 3600,
    "IN_UNIT(dec, 'arcsec') + 1": lambda f: f.o.dec[f.o.oid == OID][0] * 3600 + 1,
    "CAST(IN_UNIT(duration, 'd') / duration AS INTEGER)": lambda f: 1,
    "LOG10(fieldid)": lambda f: math.log10(field(f)),
    "oid + 1": lambda f: OID + 1,
    "oid - fieldid": lambda f: OID - field(f),
    "oid * 2": lambda f: OID * 2,
    "32767 + 1": lambda f: 32768,
    "32767 * 32767": lambda f: 32767**2,
    "2147483647 - 1": lambda f: 2147483646,
    "9007199254740993": lambda f: 9007199254740993,
    "BITWISE_AND(fieldid, 7)": lambda f: field(f) & 7,
    "BITWISE_OR(fieldid, 7)": lambda f: field(f) | 7,
    "BITWISE_XOR(fieldid, 7)": lambda f: field(f) ^ 7,
    "CASE WHEN fieldid > 5 THEN 1 ELSE 2.5 END": lambda f: 1.0,
    "CASE WHEN fieldid > 5 THEN 40000 ELSE fieldid END": lambda f: 40000,
    "CASE WHEN fieldid < 5 THEN fieldid ELSE oid END": lambda f: OID,
    "CASE WHEN fieldid > 5 THEN 'yes' ELSE 'no' END": lambda f: "yes",
    "COALESCE(NULL, fieldid * 100)": lambda f: field(f) * 100,
    "CAST(fieldid AS VARCHAR)": lambda f: str(field(f)),
    "CAST(fieldid AS CHAR)": lambda f: str(field(f)),
    "CAST(fieldid AS VARCHAR(2))": lambda f: str(field(f))[:2],
    "CAST(oid AS CHAR(20))": lambda f: str(OID).ljust(20),
    "CAST(fieldid AS BIGINT) * 10000000000": lambda f: field(f) * 10**10,
    "CAST(fieldid AS INTEGER)": lambda f: field(f),
    "CAST(2.5 AS INTEGER)": lambda f: 3,
    "CAST('17' AS SMALLINT)": lambda f: 17,
    "CAST(fieldid AS REAL) / 2": lambda f: field(f) / 2,
    "CAST(fieldid AS DOUBLE PRECISION) / 7": lambda f: field(f) / 7,
    "'100%'": lambda f: "100%",
    "'it''s'": lambda f: "it's",
    "'a' || 'b' || 'c'": lambda f: "abc",
    "UPPER('aB')": lambda f: "AB",
    "LOWER('aB')": lambda f: "ab",
    "(SELECT COUNT(*) FROM ztf.detections AS d WHERE d.oid = objects.oid)": nobs,
    "(SELECT MAX(mag) FROM ztf.detections WHERE oid = objects.oid)": lambda f: f.d.mag[
        f.d.oid == OID
    ].max(),
}.items():
    expect_value(text, f"ztf.objects WHERE oid = {OID}", value)

# Sets.
first = lambda f: set(f.o.rcid[f.o.fieldid == 202].tolist())  # noqa: E731
second = lambda f: set(f.o.rcid[f.o.fieldid == 680].tolist())  # noqa: E731
both = lambda f: (  # noqa: E731
    Counter(f.o.rcid[f.o.fieldid == 202].tolist()),
    Counter(f.o.rcid[f.o.fieldid == 680].tolist()),
)
LEFT, RIGHT = (f"SELECT rcid FROM ztf.objects WHERE fieldid = {n}" for n in (202, 680))
for word, answer in {
    "UNION": lambda f: [(k,) for k in first(f) | second(f)],
    "INTERSECT": lambda f: [(k,) for k in first(f) & second(f)],
    "EXCEPT": lambda f: [(k,) for k in first(f) - second(f)],
    "UNION ALL": lambda f: [(k,) for k in (both(f)[0] + both(f)[1]).elements()],
    "INTERSECT ALL": lambda f: [(k,) for k in (both(f)[0] & both(f)[1]).elements()],
    "EXCEPT ALL": lambda f: [(k,) for k in (both(f)[0] - both(f)[1]).elements()],
}.items():
    expect(f"{LEFT} {word} {RIGHT}", answer)
    expect(f"({LEFT}) {word} ({RIGHT}) ORDER BY rcid", lambda f, answer=answer: sorted(answer(f)))
    expect_value(
        "COUNT(*)", f"({LEFT} {word} {RIGHT}) AS q", lambda f, answer=answer: len(answer(f))
    )
expect(
    "(SELECT TOP 2 oid FROM ztf.objects ORDER BY oid) UNION (SELECT TOP 1 oid FROM ztf.objects"
    " ORDER BY oid DESC) ORDER BY oid",
    lambda f: [(k,) for k in (*np.sort(f.o.oid)[:2], f.o.oid.max())],
)
expect(
    f"{LEFT} UNION SELECT filterid + 100 FROM ztf.objects",
    lambda f: [(k,) for k in first(f) | {int(k) + 100 for k in f.o.filterid}],
)
expect(
    "SELECT fieldid AS a FROM ztf.objects UNION SELECT nobs AS b FROM ztf.objects",
    lambda f: [(k,) for k in set(f.o.fieldid.tolist()) | set(f.o.nobs.tolist())],
)
expect(
    "(SELECT TOP 3 oid FROM ztf.objects ORDER BY oid)",
    lambda f: [(k,) for k in np.sort(f.o.oid)[:3]],
)
expect(
    "SELECT TOP 3 oid FROM ztf.objects ORDER BY oid OFFSET 2",
    lambda f: [(k,) for k in np.sort(f.o.oid)[2:5]],
)

# Joins and subqueries: unqualified names are those of a subquery's own tables first.
in_field = lambda f: f.d.fieldid == 202  # noqa: E731
for tables in ("ztf.objects", "ztf.lightcurves", "ztf.detections"):
    of = "o" if tables != "ztf.detections" else "d"
    expect_value(
        "COUNT(*)",
        f"{tables} WHERE oid IN (SELECT oid FROM ztf.objects WHERE fieldid = 202)",
        lambda f, of=of: (getattr(f, of).fieldid == 202).sum(),
    )
    expect_value(
        "COUNT(*)",
        f"{tables} WHERE oid IN (SELECT oid FROM ztf.objects WHERE"
        " fieldid = 202 UNION SELECT oid FROM ztf.objects WHERE fieldid = 680)",
        lambda f, of=of: np.isin(getattr(f, of).fieldid, (202, 680)).sum(),
    )
    expect_value(
        "COUNT(*)",
        f"{tables} AS t WHERE EXISTS (SELECT oid FROM ztf.objects WHERE"
        " oid = t.oid AND fieldid = 202)",
        lambda f, of=of: (getattr(f, of).fieldid == 202).sum(),
    )
    expect_value(
        "COUNT(*)",
        f"ztf.objects NATURAL JOIN TAP_UPLOAD.list JOIN {tables} AS t ON t.oid = objects.oid",
        lambda f, of=of: np.isin(getattr(f, of).oid, LIST).sum(),
    )
    for join in (
        f"TAP_UPLOAD.list NATURAL JOIN {tables}",
        f"{tables} NATURAL JOIN TAP_UPLOAD.list",
        f"TAP_UPLOAD.list JOIN {tables} USING (oid)",
        f"TAP_UPLOAD.list AS u JOIN {tables} AS t ON u.oid = t.oid",
        f"{tables} WHERE oid IN (SELECT oid FROM TAP_UPLOAD.list)",
        f"{tables} AS t, TAP_UPLOAD.list AS u WHERE t.oid = u.oid",
    ):
        expect_value("COUNT(*)", join, lambda f, of=of: np.isin(getattr(f, of).oid, LIST).sum())
expect(
    "SELECT u.oid AS mine, o.fieldid FROM TAP_UPLOAD.list AS u JOIN ztf.objects AS o ON"
    " o.oid = u.oid",
    lambda f: [(k, v) for k, v in zip(f.o.oid, f.o.fieldid, strict=True) if k in LIST],
)
expect("SELECT oid, number FROM TAP_UPLOAD.list", lambda f: [(k, n) for n, k in enumerate(LIST)])
expect('SELECT ctid, "user" FROM TAP_UPLOAD.list WHERE number = 2', lambda f: [(12, 22)])
expect(
    "SELECT u.oid FROM TAP_UPLOAD.list AS u LEFT JOIN ztf.objects AS o ON u.oid = o.oid"
    " WHERE o.oid IS NULL",
    lambda f: [(5,)],
)


# Geometry.
def near(f, ra: float, dec: float, degrees: float) -> np.ndarray:
    a, b, c, e = np.radians(f.o.ra), np.radians(f.o.dec), np.radians(ra), np.radians(dec)
    x = np.sin((b - e) / 2) ** 2 + np.cos(b) * np.cos(e) * np.sin((a - c) / 2) ** 2
    return np.degrees(2 * np.arcsin(np.sqrt(np.clip(x, 0, 1)))) <= degrees


for degrees in (0.01, 1, 89, 91, 120, 180):
    inside = lambda f, r=degrees: near(f, 25, -30, r).sum()  # noqa: E731
    outside = lambda f, r=degrees: (~near(f, 25, -30, r)).sum()  # noqa: E731
    for condition, value in {
        f"DISTANCE(ra, dec, 25, -30) < {degrees}": inside,
        f"DISTANCE(ra, dec, 25, -30) > {degrees}": outside,
        f"1 = CONTAINS(POINT(ra, dec), CIRCLE(25, -30, {degrees}))": inside,
        f"0 = CONTAINS(POINT('ICRS', ra, dec), CIRCLE('ICRS', 25, -30, {degrees}))": outside,
    }.items():
        expect_value("COUNT(*)", f"ztf.objects WHERE {condition}", value)
expect_value("COUNT(*)", "ztf.objects WHERE DISTANCE(ra, dec, 25, -30) < -1", lambda f: 0)
expect_value(
    "COUNT(*)",
    "ztf.objects AS o JOIN TAP_UPLOAD.list AS u ON"
    " DISTANCE(o.ra, o.dec, u.alpha, u.delta) < u.radius",
    lambda f: near(f, 25, -30, 1).sum(),
)
expect(
    "SELECT TOP 3 oid FROM ztf.objects WHERE fieldid = 202 ORDER BY DISTANCE(ra, dec, 25, -30)",
    lambda f: [(k,) for k in nearest(f)],
)


def nearest(f) -> list[int]:
    chosen = f.o.fieldid == 202
    away = np.hypot((f.o.ra - 25) * np.cos(np.radians(f.o.dec)), f.o.dec + 30)
    return f.o.oid[chosen][np.argsort(away[chosen])][:3].tolist()


# Arrays.
curve = lambda f, name: getattr(f.d, name)[f.d.oid == OID]  # noqa: E731
for name in ("hmjd", "mag", "magerr", "catflags"):
    expect(
        f"SELECT oid, {name} FROM ztf.lightcurves WHERE oid = {OID}",
        lambda f, name=name: [(OID, list(curve(f, name)))],
    )
    for text, value in {
        f"arr_max({name})": lambda f, name=name: curve(f, name).max(),
        f"arr_count({name})": lambda f, name=name: len(curve(f, name)),
        f"arr_min({name})": lambda f, name=name: curve(f, name).min(),
        f"arr_avg({name})": lambda f, name=name: curve(f, name).mean(dtype=float),
        f"arr_sum({name})": lambda f, name=name: curve(f, name).sum(dtype=float),
        f"arr_stddev({name})": lambda f, name=name: curve(f, name).std(ddof=1, dtype=float),
    }.items():
        expect_value(text, f"ztf.lightcurves WHERE oid = {OID}", value)
expect_value("mag[1]", f"ztf.lightcurves WHERE oid = {OID}", lambda f: curve(f, "mag")[0])
expect("SELECT TOP 0 * FROM ztf.lightcurves", lambda f: [])
expect("SELECT TOP 0 * FROM ztf.objects", lambda f: [])

TYPICAL = {
    "ztf.objects": ("SUM(fieldid)", "MIN(rcid)", "AVG(nobs)", "COUNT(fieldid)", "SUM(oid)"),
    f"ztf.objects WHERE oid = {OID}": (
        *("fieldid * rcid", "0 - fieldid * rcid", "fieldid / 7", "fieldid / 7.0", "oid * 2"),
        *("32767 + 1", "2147483647 - 1", "9007199254740993", "IN_UNIT(dec, 'arcsec')"),
        *("CAST(fieldid AS REAL) / 2", "CAST('17' AS SMALLINT)", "POWER(fieldid, 2)"),
        *("CASE WHEN fieldid > 5 THEN 1 ELSE 2.5 END", "COALESCE(NULL, fieldid * 100)"),
        *("CAST(oid AS CHAR(20))", "CAST(fieldid AS VARCHAR(2))", "'100%'", "'it''s'"),
        "(SELECT MAX(mag) FROM ztf.detections WHERE oid = objects.oid)",
    ),
    f"ztf.lightcurves WHERE oid = {OID}": (
        *("arr_max(mag)", "arr_max(hmjd)", "arr_max(catflags)", "arr_count(hmjd)", "mag[1]"),
    ),
}
"""Expressions that have, together with arrays, all types that a column of a result can have."""


def of_every_kind() -> list[str]:
    """Queries whose results have a column of each type, many columns, many rows, or no row."""
    of_values = {
        f"SELECT {what} AS v FROM {source}" for source, values in VALUES.items() for what in values
    }
    typical = [
        f"SELECT {what} AS v FROM {source}" for source in TYPICAL for what in TYPICAL[source]
    ]
    shapes = ("ztf.lightcurves", "TAP_UPLOAD", "GROUP BY fieldid HAVING", "UNION SELECT")
    return typical + [
        query
        for query in QUERIES
        if query not in of_values and any(shape in query for shape in shapes)
    ]
