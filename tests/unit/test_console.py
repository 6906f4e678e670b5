"""What commands show."""

from __future__ import annotations

from rich.table import Table

from ztfvo.console import show_table


def test_a_table_for_a_file_has_whole_lines_whatever_the_terminal_is(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    table = Table("release", "detections")
    table.add_row("dr19", "word " * 100 + "end")
    show_table(table)
    (row,) = [line for line in capsys.readouterr().out.splitlines() if "dr19" in line]
    assert "word " * 100 + "end" in row
