"""Loading hosted catalogs: beside what is in use, checked, and in one step in its place."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import psycopg
import pytest
from astropy.coordinates import SkyCoord
from support.catalogs import PROJECT, REAL, TNS_DUMP, temporary_catalog

from ztfvo.catalogs import declared, store
from ztfvo.catalogs import load as loading
from ztfvo.db import connect
from ztfvo.errors import BadFile, CannotBeDone
from ztfvo.match import hosted
from ztfvo.outside.model import Cut, Place

HEADER = "Name,R.A.,Dec.,OID,Discovery date (UT),mag,er_down,er_up,ref,er_ref,TNS,Type,Comments"


def lines(*names: str, dec: float = 20.0) -> list[str]:
    """Rows in the layout of the SNAD catalogue, a degree apart from each other."""
    return [f"{one},{(10 + i) % 360},{dec},,,,,,,,,PSN," for i, one in enumerate(names)]


def write(path, rows: list[str]):
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return path


@pytest.fixture
def snad(database, tmp_path):
    """A small catalog whose key must be unique, of which one row in a hundred may be bad."""
    with temporary_catalog("snad", tmp_path, rows="3") as made:
        yield made


@pytest.fixture
def tns(database, tmp_path):
    """The Transient Name Server, of which three rows are expected."""
    with temporary_catalog("tns", tmp_path, rows="3") as made:
        yield made


def names(copy) -> list[str]:
    return [row[0] for row in copy.rows("SELECT name FROM {} ORDER BY name")]


def tables(copy) -> list[str]:
    rows = copy.connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'catalogs_store' AND tablename LIKE %s",
        (f"{copy.name}\\_\\_%",),
    )
    return [row[0] for row in rows.fetchall()]


def test_rows_come_out_as_the_file_has_them(snad, tmp_path):
    text = "SNAD1,0.25,-89.5,633207400004730,2018-04-08 09:45:49,21.11,0.27,0.36,20.84*,,AT 2018,"
    text += '"a ""b"", c",α'
    new = snad.load(write(tmp_path / "a.csv", [text, *lines("b", "c")]))
    (row,) = snad.rows("SELECT * FROM {} WHERE name = 'SNAD1'")
    assert row[:9] == (
        *("SNAD1", 0.25, -89.5, 633207400004730, "2018-04-08 09:45:49"),
        *(pytest.approx(21.11), pytest.approx(0.27), pytest.approx(0.36), pytest.approx(20.84)),
    )
    assert row[9:] == (None, "AT 2018", 'a "b", c', "α")
    assert (new.nrows, new.nbad, new.nwithout_position, new.file) == (3, 0, 0, "a.csv")
    assert (new.simulated, new.part, new.as_of) == (False, False, None)
    assert snad.state == new


def test_names_are_indexed_as_they_are_compared_also_in_tables_of_before(snad, tmp_path):
    def indexes():
        query = "SELECT indexdef FROM pg_indexes WHERE indexname = %s"
        return [row[0] for row in snad.connection.execute(query, (name,)).fetchall()]

    new = snad.load(write(tmp_path / "a.csv", lines("a b", "b", "c")))
    name = f"{new.table_name}_written"
    (made,) = indexes()
    assert "lower(replace(COALESCE(name, ''::text), ' '::text, ''::text))" in made
    snad.connection.execute(f'DROP INDEX catalogs_store."{name}"')
    for _ in range(2):
        store.index_names(snad.connection, snad.declared, new.table_name)
        assert indexes() == [made]


def test_a_new_file_takes_the_place_of_the_former_one_and_its_table_goes(snad, tmp_path):
    snad.load(write(tmp_path / "a.csv", lines("a", "b", "c")))
    first = tables(snad)
    snad.load(write(tmp_path / "b.csv", lines("b", "c", "d", "e")))
    assert names(snad) == ["b", "c", "d", "e"]
    assert len(first) == len(tables(snad)) == 1
    assert first != tables(snad)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([*lines("a", "b", "c"), "d,400,1,,,,,,,,,,"], "1 of 4 rows are bad, more than the 1.00%"),
        (lines("a", "b"), "gives 2 rows, and 3 are declared"),
        (lines("a", "a", "b", "c"), "name = a comes 2 times, and must once"),
        ([], "has no row with a position"),
        (["a,,,,,,,,,,,,"] * 3, "has no row with a position"),
    ],
)
def test_what_is_refused_leaves_the_former_rows_in_use(snad, tmp_path, rows, message):
    before = snad.load(write(tmp_path / "a.csv", lines("x", "y", "z")))
    with pytest.raises(BadFile, match=message):
        snad.load(write(tmp_path / "b.csv", rows))
    assert names(snad) == ["x", "y", "z"]
    assert snad.state == before
    assert tables(snad) == [before.table_name]


def test_bad_rows_are_named_with_their_number_and_reason(snad, tmp_path):
    many = lines(*(f"n{i}" for i in range(300)))
    bad = ["x1,1,99,,,,,,,,,,", "x2,1,1,y,,,,,,,,,"]
    new = snad.load(write(tmp_path / "a.csv", [*many[:5], *bad, *many[5:]]))
    assert (new.nrows, new.nbad) == (300, 2)
    assert [text for text in snad.said if text.startswith("bad")] == [
        "bad: a.csv, row 7: dec = 99 deg is not on the sky",
        "bad: a.csv, row 8: oid = 'y' is not a whole number",
    ]


def test_a_file_with_far_fewer_rows_than_are_in_use_is_refused_unless_it_is_a_part(snad, tmp_path):
    snad.load(write(tmp_path / "a.csv", lines(*(f"n{i}" for i in range(100)))))
    small = write(tmp_path / "b.csv", lines("a", "b", "c", "d"))
    with pytest.raises(BadFile, match=r"gives 4 rows, and 100 are in use\. If it is a part"):
        snad.load(small)
    assert snad.load(small, part=True).part
    assert names(snad) == ["a", "b", "c", "d"]


def test_simulated_rows_do_not_take_the_place_of_observed_ones_but_the_reverse(snad, tmp_path):
    few = write(tmp_path / "few.csv", lines("s"))
    assert snad.load(few, simulated=True).simulated
    observed = write(tmp_path / "observed.csv", lines("a", "b", "c"))
    assert not snad.load(observed).simulated
    with pytest.raises(CannotBeDone, match="holds observed rows"):
        snad.load(few, simulated=True)
    assert names(snad) == ["a", "b", "c"]


def test_a_load_that_fails_at_its_last_step_leaves_the_former_rows(snad, tmp_path, monkeypatch):
    snad.load(write(tmp_path / "a.csv", lines("a", "b", "c")))

    def fail(*_):
        raise psycopg.errors.LockNotAvailable("in the way")

    monkeypatch.setattr(loading.store, "show", fail)
    with pytest.raises(psycopg.errors.LockNotAvailable):
        snad.load(write(tmp_path / "b.csv", lines("d", "e", "f")))
    assert names(snad) == ["a", "b", "c"]
    assert len(tables(snad)) == 2, "the new table is left over"
    monkeypatch.undo()
    snad.load(write(tmp_path / "c.csv", lines("g", "h", "i")))
    assert names(snad) == ["g", "h", "i"]
    assert len(tables(snad)) == 1


def test_two_commands_do_not_load_a_catalog_at_once(snad, tmp_path):
    with connect(autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(hashtext('catalog'), hashtext(%s))", (snad.name,))
        with pytest.raises(CannotBeDone, match="Another command is loading"):
            snad.load(write(tmp_path / "a.csv", lines("a", "b", "c")))
    assert snad.state is None


def test_a_reader_sees_the_former_rows_until_the_swap(snad, tmp_path):
    snad.load(write(tmp_path / "a.csv", lines("a", "b", "c")))
    query = f"SELECT string_agg(name, '' ORDER BY name) FROM catalogs_store.{snad.name}"
    seen, change = [], snad.alter
    with connect(autocommit=True) as reader:

        def look(step):
            seen.append((len(tables(snad)), *reader.execute(query).fetchone()))
            change(step)

        snad.alter = look
        snad.load(write(tmp_path / "b.csv", lines("d", "e", "f")))
        assert seen == [(1, "abc"), (2, "abc")], "before the load, and before the swap"
        assert reader.execute(query).fetchone() == ("def",)


def test_the_position_index_finds_rows_at_the_poles_and_across_ra_0(snad, tmp_path):
    places = ("n,0,90", "s,123,-90", "w,359.9999,0", "e,360,0")
    rows = [place + "," * 10 for place in places]
    snad.load(write(tmp_path / "a.csv", [*rows, *lines(*(f"n{i}" for i in range(2000)))]))

    def near(ra, dec, radius):
        return snad.rows(
            "SELECT name FROM {} WHERE spoint_dwithin(spoint(radians(ra), radians(dec)),"
            " spoint(radians(%s), radians(%s)), radians(%s)) ORDER BY name",
            *(ra, dec, radius),
        )

    assert near(200.0, 89.9999, 0.001) == [("n",)]
    assert near(0.0, -89.9999, 0.001) == [("s",)]
    assert near(0.0, 0.0, 0.001) == [("e",), ("w",)]
    plan = "\n".join(
        row[0]
        for row in snad.rows(
            "EXPLAIN SELECT name FROM {} WHERE spoint_dwithin(spoint(radians(ra), radians(dec)),"
            " spoint(radians(1.0), radians(2.0)), radians(0.001))"
        )
    )
    assert "Index Scan" in plan, plan


def test_the_coverage_is_that_of_the_rows(snad, tmp_path):
    from mocpy import MOC

    new = snad.load(write(tmp_path / "a.csv", lines("a", "b", "c", dec=45.0)))
    moc = MOC.from_string(new.footprint, "ascii")
    inside = moc.contains_skycoords(
        SkyCoord([10, 11, 12, 10, 190], [45, 45, 45, -45, 45], unit="deg")
    )
    assert inside.tolist() == [True, True, True, False, False]
    assert moc.max_order == loading.COVERAGE_ORDER


def dump(path, rows: list[dict], made: str = "2026-11-28 00:00:00"):
    """Write a dump of TNS of these rows."""
    plain = {
        **dict.fromkeys(("objid", "name", "ra", "declination", "lastmodified"), ""),
        **dict.fromkeys(
            (
                *("name_prefix", "redshift", "typeid", "type", "reporting_groupid"),
                *("reporting_group", "source_groupid", "source_group", "discoverydate"),
                *("discoverymag", "discmagfilter", "filter", "reporters", "time_received"),
                *("internal_names", "creationdate"),
            ),
            "",
        ),
    }
    text = io.StringIO()
    text.write(f'"{made}"\n')
    writer = csv.DictWriter(text, list(plain), quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows({**plain, **row} for row in rows)
    path.write_text(text.getvalue())
    return path


def entry(objid: int, name: str, day: int, **more) -> dict:
    return {
        "objid": objid,
        "name": name,
        "ra": 10 + objid,
        "declination": 5,
        "lastmodified": f"2026-11-{day:02d} 10:00:00",
        **more,
    }


def test_increments_are_merged_by_the_newest_change_of_each_object(tns, tmp_path):
    whole = dump(tmp_path / "tns.csv", [entry(1, "a", 1), entry(2, "b", 2), entry(3, "c", 9)])
    first = dump(
        tmp_path / "tns_20261128.csv",
        [entry(2, "b", 28, type="SN Ia"), entry(3, "old", 8), entry(4, "d", 28)],
        "2026-11-28 00:00:00 - 23:59:59",
    )
    second = dump(
        tmp_path / "tns_20261129.csv",
        [entry(2, "b", 29, type="SN II"), entry(2, "b", 27, type="wrong")],
        "2026-11-29 00:00:00 - 23:59:59",
    )
    new = tns.load(whole, second, first)
    assert tns.rows("SELECT objid, name, type FROM {} ORDER BY objid") == [
        *((1, "a", None), (2, "b", "SN II"), (3, "c", None), (4, "d", None)),
    ]
    assert new.as_of == datetime(2026, 11, 29, 23, 59, 59, tzinfo=UTC)
    assert new.nrows == 4


def test_dumps_from_before_the_bibcodes_are_read(tns, tmp_path):
    rows = [entry(number, str(number), 1) for number in (1, 2, 3)]
    tns.load(dump(tmp_path / "tns.csv", rows))
    assert tns.rows("SELECT count(*), count(discovery_bibcode) FROM {}") == [(3, 0)]


@pytest.mark.skipif(not REAL.is_dir(), reason="the real catalogs are not here")
def test_real_rows_of_the_transient_name_server_are_loaded(tns):
    new = tns.load(TNS_DUMP)
    assert new.as_of == datetime(2026, 2, 10, tzinfo=UTC)
    assert tns.rows("SELECT name_prefix, name, redshift, discoverydate FROM {} ORDER BY objid") == [
        ("SN", "2018lzf", pytest.approx(0.074), datetime(2018, 8, 28, 9, 25, 55, 200000)),
        ("SN", "2022and", pytest.approx(0.043), datetime(2022, 1, 27, 10, 49, 26, 400000)),
        ("AT", "2026cqa", None, datetime(2026, 2, 9, 3, 46, 46, 998000)),
    ]


@pytest.mark.skipif(not REAL.is_dir(), reason="the real catalogs are not here")
def test_the_whole_gcvs_is_searched_nearest_first(database, tmp_path, monkeypatch):
    with temporary_catalog("gcvs", tmp_path) as gcvs:
        new = gcvs.load(REAL / "gcvs.parquet")
        assert (new.nrows, new.layout) == (59_099, "positions-and-types")
        catalog = hosted.catalog_of(gcvs.declared, new)
        found = hosted.near(gcvs.connection, catalog, Place(10.68, 41.27), 3600.0)
        place = SkyCoord(10.68, 41.27, unit="deg")
        stars = gcvs.rows("SELECT ra, dec FROM {} WHERE ra BETWEEN 8 AND 13")
        apart = place.separation(SkyCoord(stars, unit="deg")).arcsec
        assert [row["separation"] for row in found] == pytest.approx(
            sorted(apart[apart <= 3600]), abs=1e-6
        )
        assert (len(found), type(found)) == (12, list)
        assert found[0]["vartype"] == "SNI"
        assert found[0]["ra"] == pytest.approx(10.679583, abs=1e-6)
        monkeypatch.setattr(hosted, "MOST_ROWS", 2)
        few = hosted.near(gcvs.connection, catalog, Place(10.68, 41.27), 3600.0)
        assert (few, type(few)) == (found[:2], Cut)
        assert hosted.near(gcvs.connection, catalog, Place(10.68, -89.0), 10.0) == []


def test_rows_around_a_place_have_the_catalogs_columns_and_what_they_yield(snad, tmp_path):
    new = snad.load(write(tmp_path / "a.csv", lines("SNAD1", "b", "c")), part=True)
    catalog = hosted.catalog_of(snad.declared, new)
    (row,) = hosted.near(snad.connection, catalog, Place(10.0, 20.0 + 2 / 3600), 3.0)
    assert row["separation"] == pytest.approx(2.0, abs=1e-6)
    yields = catalog.source.yields
    assert (row[yields.name], row[yields.type], yields.period) == ("SNAD1", "PSN", None)
    names = [column.name for column in catalog.source.columns]
    assert set(names) < set(row)
    assert {column.name: (column.unit, column.ucd) for column in catalog.source.columns}["mag"] == (
        *("mag", "phot.mag;em.opt;arith.diff"),
    )
    assert hosted.near(snad.connection, catalog, Place(10.0, 20.0 + 4 / 3600), 3.0) == []
    assert len(hosted.near(snad.connection, catalog, Place(10.0, 20.001), 4.0)) == 1


def test_the_table_of_all_variables_has_the_catalogs_that_are_loaded(database, tmp_path):
    with temporary_catalog("ogle3", tmp_path, rows="1") as ogle:
        header = "ID\tField\tStarID\tRA\tDecl\tType\tSubtype\tI\tV\tP_1\tA_1\tID_OGLE_II\tID_MACHO"
        row = "OGLE-1\tX\t1\t01:00:00\t-70:30:00\tRRLyr\tRRab\t17\t-\t0.5\t0.3\t\t"
        path = tmp_path / "dump.tsv"
        path.write_text(f"{header}\tID_ASAS\tID_GCVS\tID_OTHER\tRemarks\n{row}\t\t\t\t\n")

        def mine():
            query = "SELECT * FROM catalogs_store.variables WHERE catalog_name = %s"
            return ogle.connection.execute(query, (ogle.name,)).fetchall()

        ogle.load(path)
        assert mine() == [("OGLE-1", "RRLyr", 0.5, 15.0, -70.5, ogle.name)]
        with ogle.connection.transaction():
            store.hide(ogle.connection, ogle.name, declared(PROJECT).values())
        assert mine() == []


def test_types_that_are_codes_are_words_in_the_column_of_one_name(database, tmp_path):
    from support.catalogs import write_demo

    with temporary_catalog("sdss_dr16q", tmp_path) as sdss:
        sdss.load(write_demo(tmp_path, "sdss_dr16q"), simulated=True)
        assert set(sdss.rows("SELECT class_person, type FROM {}")) == {(3, "quasar")}


def test_columns_that_were_declared_otherwise_make_the_view_new(snad, tmp_path):
    snad.load(write(tmp_path / "a.csv", lines("a", "b", "c")))
    file = tmp_path / "inputs" / "catalogs" / snad.name / "catalog.toml"
    text = file.read_text()
    file.write_text(
        text.replace(
            '{ name = "comments", type = "unicode"', '{ name = "remark", type = "unicode"'
        ).replace('comments = "Comments"', 'remark = "Comments"')
    )
    snad.load(write(tmp_path / "b.csv", lines("a", "b", "c")))
    columns = snad.rows("SELECT * FROM {} LIMIT 0") == [] and [
        column.name
        for column in snad.connection.execute(
            f"SELECT * FROM catalogs_store.{snad.name} LIMIT 0"
        ).description
    ]
    assert columns[-1] == "remark"
