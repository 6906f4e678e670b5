"""Files of light curves that are damaged, or none, are refused with the reason."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq
import pytest
from support.files import (
    TEXT,
    api_row,
    bulk_rows,
    nested,
    write_api,
    write_bulk,
)

from ztfvo.errors import BadFile
from ztfvo.ingest.checks import check
from ztfvo.ingest.readers import read_file


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", r"empty \(0 bytes\)"),
        (b"name,ra,dec\nSNAD101,1,2\n", "unknown layout.*Known layouts"),
        (b"PAR1 and then nothing", "unknown layout"),
    ],
)
def test_what_is_no_light_curve_file_is_refused(tmp_path, content, cause):
    path = tmp_path / "file.dat"
    path.write_bytes(content)
    with pytest.raises(BadFile, match=cause):
        read_file(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BadFile, match="cannot be read: No such file"):
        read_file(tmp_path / "none.parquet")


@pytest.mark.parametrize("name", ["a.parquet", "nested.parquet", "c.csv", "d.txt"])
def test_random_damage_never_ends_in_a_traceback(tmp_path, name):
    sound = tmp_path / name
    write_bulk(tmp_path / "a.parquet")
    pq.write_table(nested(bulk_rows()), tmp_path / "nested.parquet")
    write_api(tmp_path / "c.csv", api_row(), api_row(hjd="2458300.5"))
    (tmp_path / "d.txt").write_text(TEXT)
    content = sound.read_bytes()
    chance = np.random.default_rng(20)
    refused = 0
    for trial in range(200):
        damaged = bytearray(content)
        for _ in range(1 + trial % 3):
            damaged[chance.integers(len(damaged))] = chance.integers(256)
        if trial % 5 == 0:
            del damaged[chance.integers(len(damaged)) :]
        path = tmp_path / f"damaged{sound.suffix}"
        path.write_bytes(damaged)
        try:
            check(read_file(path)[1], path)
        except BadFile as error:
            refused += 1
            assert str(path) in str(error)
    assert refused > 100


@pytest.mark.parametrize("damage", ["truncated", "no magic", "flipped", "no footer"])
def test_damaged_parquet_is_refused_without_a_traceback(tmp_path, damage):
    path = write_bulk(tmp_path / "a.parquet", compression="none")
    content = path.read_bytes()
    broken = {
        "truncated": content[: len(content) // 2],
        "no magic": b"<html>Service unavailable</html>",
        "flipped": b"PAR1" + bytes(byte ^ 0x55 for byte in content[4:900]) + content[900:],
        "no footer": content[:-8] + b"\0" * 4 + b"PAR1",
    }[damage]
    path.write_bytes(broken)
    with pytest.raises(BadFile):
        check(read_file(path)[1], path)
