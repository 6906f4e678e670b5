"""A query that came before, with other numbers, is translated as if it had not."""

from __future__ import annotations

import json

import pytest
from support import service

SHAPES = {
    "an object": "SELECT oid, mag FROM ztf.detections WHERE oid = {0}",
    "a cone": "SELECT oid FROM ztf.objects WHERE DISTANCE(ra, dec, {1}, {2}) < {3}",
    "a circle": "SELECT ra FROM ztf.objects AS o JOIN ztf.filters AS f ON o.filterid = f.filterid"
    " WHERE 1 = CONTAINS(POINT('ICRS', ra, dec), CIRCLE('ICRS', {1}, {2}, {3}))",
    "a list": "SELECT oid FROM ztf.objects WHERE oid IN ({0}, 12, 13, 14, 15, 16, 17, 18, 19)",
    "strings and remarks": 'SELECT name AS "WHERE 7" FROM ztf.releases -- WHERE 8\n'
    "WHERE name <> '100%% 9 \\' AND nlightcurves > {0}",
    "a sum": "SELECT COUNT(*) AS n, 5 AS five FROM ztf.objects WHERE ra < {1} + 5 * -{2}"
    " GROUP BY filterid HAVING COUNT(*) > 2 ORDER BY 1 OFFSET 3",
    "a part": "WITH a AS (SELECT TOP 5 oid, ra FROM ztf.objects WHERE dec > -{2})"
    " SELECT oid FROM a WHERE ra < {1}",
}
NUMBERS = [
    ("680113300005170", "254.45755", "35.34236", "0.0002777777777777778"),
    ("680213300009232", "0.0", "89.5", "1.5"),
    ("5", "359.999999999", "7.25", "0.01"),
    ("123456789012345678", "10.50", "0.125", "00.5"),
    ("6", "1.5", "2.5", "120.5"),
]


@pytest.fixture(scope="module")
def translated(site) -> dict[str, list[dict]]:
    """SQL, columns and notes of each query with each set of numbers, translated twice each.

    All of it in one process, which forgets between two queries: DaCHS starts slowly.
    """
    done = service.in_dachs(f"""
import json
from gavo.protocols import adqlglue
from ztfvo_dachs.repairs import translations

def look(query):
    sql, table = adqlglue.morphADQL(query, maxrec=1000)
    columns = [(c.name, c.type, c.unit, c.ucd, c.description) for c in table.tableDef.columns]
    notes = [(m.infoName, m.infoValue) for m in table.iterMeta("info")]
    return [sql, columns, notes, table.tableDef.overflowLimit]

found = {{}}
for name, query in {SHAPES!r}.items():
    translations._kept.clear()
    found[name] = []
    for numbers in {NUMBERS!r}:
        asked = query.format(*numbers)
        known = [k for k in translations._kept.values() if isinstance(k, translations.Translation)]
        now = look(asked)
        kept = dict(translations._kept)
        translations._kept.clear()
        alone = look(asked)
        translations._kept.clear()
        translations._kept.update(kept)
        found[name].append({{"now": now, "alone": alone, "known": len(known)}})
print(json.dumps(found, default=str))
""")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", SHAPES)
def test_other_numbers_in_the_same_query_give_what_dachs_makes_of_them(translated, name):
    answers = translated[name]
    for answer in answers:
        assert answer["now"] == answer["alone"]
    assert [answer["known"] for answer in answers] == [0, 0, 1, 1, 1]
    assert len({answer["now"][0] for answer in answers}) == len(NUMBERS)


def test_numbers_that_are_no_part_of_a_condition_are_not_taken_out():
    queries = [
        "SELECT TOP 3 oid FROM ztf.objects",
        "SELECT 3 AS n FROM ztf.releases",
        "SELECT oid FROM ztf.objects ORDER BY 3",
        "SELECT oid FROM ztf.objects WHERE ra < 3",
    ]
    done = service.in_dachs(
        "from ztfvo_dachs.repairs import translations\n"
        f"print([translations.shape_of(query) is None for query in {queries!r}])"
    )
    assert done.stdout.strip() == "[True, True, True, False]", done.stderr


def test_a_table_that_is_defined_otherwise_is_translated_again(site):
    done = service.in_dachs("""
from gavo import base
from gavo.protocols import adqlglue
from ztfvo_dachs.repairs import translations

QUERY = "SELECT oid, mag FROM ztf_demo.detections WHERE oid = %d"
for number in range(3, 7):
    adqlglue.morphADQL(QUERY % number, maxrec=10)
(known,) = translations._kept.values()
print(known.suits(()))
base.caches.getMTH(None).getTableDefForTable("ztf_demo.detections").rd.invalidate()
base.caches.clearCaches()
print(known.suits(()))
sql, table = adqlglue.morphADQL(QUERY % 12, maxrec=10)
print([column.name for column in table.tableDef.columns], sql.split()[-3])
""")
    assert done.stdout.splitlines() == ["True", "False", "['oid', 'mag'] 12"], done.stderr
