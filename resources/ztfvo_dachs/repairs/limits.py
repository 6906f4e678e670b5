"""Send as many rows as TOP and MAXREC ask for, and say so only where there are more.

DaCHS sends one row more than MAXREC asks for where TOP is given, calls a result of exactly MAXREC
rows cut, and lets the default limit cut what TOP asks for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

from gavo import base, formats, votable
from gavo.formats import votablewrite
from gavo.protocols import adqlglue, taprunner
from gavo.votable import tablewriter

ENCODINGS = {"votable": "binary", "votableb2": "binary2", "votabletd": "td"}

HEADER = "X-Query-Status"
"""What says in other formats than VOTable that a result was cut."""

NOTE = ".cut"
"""Ending of the file beside a job's result that has the number of rows after which it was cut."""


class Media(str):
    """The media type of a result, with the number of rows after which it was cut."""

    __slots__ = ("cut",)

    def __new__(cls, media: str, cut: int | None) -> Media:
        """Return it."""
        made = super().__new__(cls, media)
        made.cut = cut
        return made


class Overflow(votable.OverflowElement):
    """What stands after the rows of a table that was cut (TAP 1.1, section 2.7.4)."""

    def __init__(self, table: Any) -> None:
        super().__init__(0, votable.V.INFO(name="QUERY_STATUS", value="OVERFLOW"))
        self._table = table

    def write(self, file: BinaryIO) -> None:
        """Write it where rows were left out."""
        if self._table.ztfvo_cut:
            tablewriter.write(self.overflowStan, file, xmlDecl=False)


def install() -> None:
    """Apply the repair, once in a process."""
    adqlglue._updateMatchLimits = set_limit
    taprunner.writeResultTo = write


def install_in_server() -> None:
    """Say so in a header of the answer, once in a process."""
    from gavo.web import syncrender

    send = syncrender.SyncRenderer._formatOutput

    def send_with_header(self: Any, result: Any, request: Any) -> Any:
        if request.method != b"HEAD":
            mark(request, getattr(result[1], "cut", None))
        return send(self, result, request)

    render = syncrender.SyncRenderer.render

    def render_or_check(self: Any, request: Any) -> Any:
        # Whether a query can be used is seen without its rows, of which HEAD has none.
        if request.method == b"HEAD":
            for name in [name for name in request.strargs if name.upper() == "MAXREC"]:
                del request.strargs[name]
            request.strargs["MAXREC"] = ["0"]
        return render(self, request)

    syncrender.SyncRenderer._formatOutput = send_with_header
    syncrender.SyncRenderer.render = render_or_check


def mark(request: Any, cut: int | None) -> None:
    """Say in a header after how many rows a result was cut, where it was."""
    if cut is not None:
        request.setHeader(HEADER, f"OVERFLOW; MAXREC={cut}")


def noted(result: Path) -> int | None:
    """Return after how many rows a job's result was cut; None where it was not."""
    try:
        return int(Path(f"{result}{NOTE}").read_text("ascii"))
    except FileNotFoundError:
        return None


def set_limit(tree: Any, wanted: int | None, hard: int | None) -> int:
    """Have a query return one row more than it may have, which shows that there are more.

    Parameters
    ----------
    wanted
        MAXREC; where it is not given, TOP may ask for more than the default.
    hard
        Above all others; None for that of the site.

    Returns
    -------
    int
        How many rows the result has at most.

    Raises
    ------
    ValidationError
        For a negative MAXREC.
    """
    if wanted is not None and wanted < 0:
        raise base.ValidationError(
            f"MAXREC={wanted} is not a number of rows: give a whole number, 0 or more.", "MAXREC"
        )
    hard = base.getConfig("async", "hardMAXREC") if hard is None else hard
    top = None if tree.query.setLimit is None else int(tree.query.setLimit)
    if wanted is None:
        wanted = base.getConfig("async", "defaultMAXREC") if top is None else top
    most = min(wanted, hard)
    tree.query.setLimit = most + 1 if top is None else min(top, most + 1)
    return most


def write(kind: str, result: Any, file: BinaryIO) -> None:
    """Write a result in a format of this name."""
    table = result.getPrimaryTable()
    _write(kind, result, table, file)
    path = getattr(file, "name", None)  # of a job's result; others have none
    if table.ztfvo_cut and isinstance(path, str):
        Path(path + NOTE).write_text(str(result.overflowLimit), "ascii")


def _write(kind: str, result: Any, table: Any, file: BinaryIO) -> None:
    if not kind.startswith("votable"):
        formats.formatData(kind, result, file, acquireSamples=False)
        return
    context = votablewrite.VOTableContext(
        tablecoding=ENCODINGS.get(kind, "td"),
        acquireSamples=False,
        overflowElement=Overflow(table),
    )
    votablewrite.writeAsVOTable(result, file, context)
