"""Uploads: what they are called, where they lie, and what may be in them.

DaCHS keeps an upload beside a job's own files under the name that the request gives it, writes
names and types of its columns into SQL and Python, and fetches whatever address it is given, those
of the machine's own network included, while all other requests wait.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from gavo import base, svcs
from gavo.base import valuemappers
from gavo.formats import votableread
from gavo.protocols import dali, tap, taprunner, uws, uwsactions
from gavo.utils import QuotedName, pgsphere
from gavo.votable import V
from psycopg2.extensions import AsIs, register_adapter

from ztfvo.dal import shorten
from ztfvo.remote import Failure
from ztfvo.remote.public import fetch
from ztfvo.settings import get_settings
from ztfvo_dachs import messages
from ztfvo_dachs.repairs import limits, syncqueries, uploaddata

FOLDER = "uploads"
"""Folder in a job's folder, and part of the address of an upload."""

LONGEST_NAME = 60
MOST_COLUMNS = 1000
"""PostgreSQL has 1600 columns at most, of wide types fewer."""

DATATYPES = {
    **dict.fromkeys(("unsignedByte", "short", "int", "long"), r"[+-]?[0-9]{1,20}"),
    **dict.fromkeys(("float", "double"), r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?"),
    **dict.fromkeys(("char", "unicodeChar"), r"[^\x00-\x1f]{0,100}"),
    "boolean": r"(?!)",
}
"""Types of columns (VOTable 1.5, section 2.1), each with what a null value may be."""

XTYPES = {
    **dict.fromkeys(("timestamp", "adql:TIMESTAMP", "adql:POINT", "adql:REGION"), ("char",)),
    **dict.fromkeys(("point", "circle", "polygon"), ("float", "double")),
}
"""Extended types that mean something here, with the types that they are written in."""

_TABLE = re.compile(rf"[A-Za-z][A-Za-z0-9_]{{0,{LONGEST_NAME - 1}}}")
_REGULAR = re.compile(rf"[A-Za-z][A-Za-z0-9_]{{0,{LONGEST_NAME - 1}}}")
_ARRAY = re.compile(r"[1-9][0-9]{0,6}\*?|\*")
"""The database here has arrays of one dimension."""

_ADDRESS = re.compile(r"https?://[\x21-\x7e]{1,2000}", re.IGNORECASE)
_PLAIN = re.compile(r"[\x20-\x7e]{0,80}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
GZIP = b"\x1f\x8b"
"""How compressed files begin."""

_OF_POSTGRES = ("tableoid", "xmin", "cmin", "xmax", "cmax", "ctid")


def install() -> None:
    """Apply the repairs, once in a process."""
    tap.parseUploadString = parse
    dali.URLUpload = refuse_address
    fetched = ("upload-http", "upload-https") if get_settings().upload_urls else ()
    tap.UPLOAD_METHODS = {name: tap.UPLOAD_METHODS[name] for name in ("upload-inline", *fetched)}
    taprunner._ingestUploads = ingest
    pgsphere.SPoint._adaptToPgSphere = staticmethod(exact_point)
    register_adapter(pgsphere.SPoint, exact_point)  # where that has been done before
    find = tap.mangleUploads

    def find_one_each(request: Any) -> None:
        for key, files in request.files.items():
            if len(files) > 1:
                raise _refused(f"{len(files)} files are called {_short(key)}: send one of a name.")
        find(request)

    tap.mangleUploads = find_one_each
    _keep_apart()
    make = votableread.makeTableDefForVOTable

    def make_checked(name: str, table: Any, *args: Any, **named: Any) -> Any:
        check(table)
        definition = make(name, table, *args, **named)
        for column in definition:
            sent = getattr(column, "originalName", None)
            if sent and not _REGULAR.fullmatch(sent):
                column.originalName = QuotedName(sent)
        return definition

    votableread.makeTableDefForVOTable = make_checked
    votableread.AutoQuotedNameMaker = NameMaker


def parse(text: str) -> list[tuple[str, str]]:
    """Read UPLOAD (TAP 1.1, section 2.7.6): table names with where each table is.

    Raises
    ------
    ValidationError
        When a name could not be one of a table, comes twice, or the table is not in the request,
        where this site fetches none.
    """
    found: dict[str, str] = {}
    for part in filter(None, text.split(";")):
        name, comma, place = (word.strip() for word in part.partition(","))
        if not comma or not place:
            raise _refused(f"{_short(part)} is not a table's name and place: write name,param:key.")
        if not _TABLE.fullmatch(name) or valuemappers.needsQuoting(name):
            raise _refused(
                f"{_short(name)} cannot name an uploaded table: use a letter, then at most "
                f"{LONGEST_NAME - 1} letters, digits or _, and no word of ADQL."
            )
        if name.lower() in (known.lower() for known in found):
            raise _refused(f"Two uploaded tables are called {name}: give each a name of its own.")
        is_fetched = get_settings().upload_urls and _ADDRESS.fullmatch(place)
        if not place.startswith("param:") and not is_fetched:
            raise _refused(
                f"{_short(place)} is not fetched from here: send the table within the request, as "
                f"{name},param:key."
            )
        found[name] = place
    return list(found.items())


def refuse_address(address: str, name: str) -> None:
    """Fetch nothing for protocols other than TAP either."""
    raise _refused(
        f"{_short(address)} is not fetched from here: send the file within the request, as "
        f"{_short(name)},param:key."
    )


def exact_point(point: pgsphere.SPoint) -> AsIs:
    """Write a point (radians) so that none of its digits is lost."""
    return AsIs(f"spoint '({point.x!r},{point.y!r})'")


def ingest(job: Any, uploads: list[tuple[str, Any]] | None, connection: Any) -> list[Any]:
    """Make temporary tables of uploads and return their definitions.

    Parameters
    ----------
    uploads
        Names with open files, with the text that stands for a file in a job's folder, or with an
        address.

    Raises
    ------
    ValidationError
        When one is not a VOTable that can be used; the message names the mistake.
    """
    definitions = []
    for name, place in uploads or []:
        file = place[1] if isinstance(place, tuple) else _open(job, place)
        try:
            table = _table(name, file, connection)
            uploaddata.settle(table)
        except base.DBError as error:
            if messages.is_of_geometry(error):
                raise _refused(
                    f"{name} cannot be made a table: it has a geometry that is none, such as a"
                    " circle with a negative radius."
                ) from error
            if (error.pgcode or "08")[:2] not in ("22", "42", "54"):
                raise
            raise _refused(
                f"{name} cannot be made a table: {error.diag.message_primary}"
            ) from error
        except base.ValidationError:
            raise
        except Exception as error:
            base.ui.notifyInfo(f"Upload {name}: {error!r}")
            text = uploaddata.in_words(error)
            raise _refused(
                f"{name} is not a VOTable that can be read: {_short(text, 200)}"
            ) from error
        finally:
            file.close()
        definitions.append(table.tableDef)
    return definitions


def _table(name: str, file: BinaryIO, connection: Any) -> Any:
    """Make the temporary table of an upload."""
    file.seek(0)
    if file.read(2) == GZIP:
        raise _refused(f"{name} is compressed: send the VOTable as it is.")
    for read in (votableread.uploadVOTable, uploaddata.without_data):
        file.seek(0)
        maker = votableread.AutoQuotedNameMaker()
        try:
            table = read(name, Nameless(file), connection, nameMaker=maker)
        except ValueError as error:
            if str(error) != uploaddata.NO_DATA:
                raise
        else:
            if table is not None:
                return table
    raise _refused(f"{name} is not a VOTable that can be read: there is no TABLE in it.")


def _open(job: Any, place: str) -> BinaryIO:
    """Open an upload of a job, or fetch one."""
    if not _ADDRESS.fullmatch(place):
        return _stored(job, place).open("rb")
    settings = get_settings()
    is_sync = isinstance(job, syncqueries.Query)
    megabytes = settings.sync_upload_mb if is_sync else settings.upload_mb
    try:
        return fetch(place, megabytes * 10**6, settings.upload_seconds)
    except Failure as error:
        base.ui.notifyInfo(f"Upload: {error}")
        # The same for all, so that nobody learns here what this machine can reach.
        raise _refused(
            f"{_short(place)} could not be fetched: it has to be a document of at most {megabytes} "
            f"MB that anybody on the internet gets within {settings.upload_seconds} s."
        ) from error


def check(definition: Any) -> None:
    """Check the columns of a VOTable, and leave out of its head what nothing here needs.

    Raises
    ------
    ValidationError
        When a column has no name, or a type that no table here can have.
    """
    kept = [child for child in definition._children if isinstance(child, V.FIELD)]
    definition._children[:] = kept
    if not kept:
        raise _refused("The table has no columns: describe each with a FIELD.")
    if len(kept) > MOST_COLUMNS:
        raise _refused(f"The table has {len(kept)} columns: upload {MOST_COLUMNS} at most.")
    for field in kept:
        _check_field(field)


def _check_field(field: Any) -> None:
    name = field.name
    if not name or len(name) > 200 or _CONTROL.search(name):
        raise _refused(f"{_short(name)} cannot be a column's name: use printable characters.")
    if field.datatype == "bit" and (field.arraysize or "1").strip() == "1":
        field.arraysize = None
        uploaddata.as_boolean(field)
    if field.datatype not in DATATYPES:
        raise _refused(
            f"Column {_short(name)} has the datatype {_short(field.datatype)}: use one of "
            f"{', '.join(DATATYPES)}."
        )
    field.arraysize = (field.arraysize or "").strip() or None
    if field.arraysize and not _ARRAY.fullmatch(field.arraysize):
        raise _refused(
            f"Column {_short(name)} has the arraysize {_short(field.arraysize)}: give a number, a"
            " number with *, or *."
        )
    if field.datatype not in XTYPES.get(field.xtype, ()):
        field.xtype = None
    for attribute in ("ucd", "unit"):
        if not _PLAIN.fullmatch(getattr(field, attribute) or ""):
            setattr(field, attribute, None)
    field.ID = field.ref = field.utype = field.id = field.type = None
    field._children[:] = [
        child
        for child in field._children
        if isinstance(child, V.DESCRIPTION)
        or (isinstance(child, V.VALUES) and _is_null(child, DATATYPES[field.datatype]))
    ]


def _is_null(values: Any, allowed: str) -> bool:
    """Whether VALUES says nothing but a usable null value; all else of it is taken out."""
    values._children.clear()
    return bool(values.null) and bool(re.fullmatch(allowed, values.null))


class Nameless:
    """A file without its name: DaCHS puts that into what it says of a document."""

    def __init__(self, file: BinaryIO) -> None:
        self.read = file.read


class NameMaker:
    """Names of an upload's columns in the database, and in queries.

    Regular names are the same in both, with quotes where they are words of SQL.  All others have
    a number in the database, so that no text of a request gets there.
    """

    def __init__(self, forRowmaker: bool = False) -> None:
        self._seen: set[str] = set()

    def makeName(self, field: Any) -> Any:
        """The name in the database.

        Raises
        ------
        ValidationError
            When two columns have the same name.
        """
        name = field.name
        regular = bool(_REGULAR.fullmatch(name))
        key = name.lower() if regular else f'"{name}'
        if key in self._seen:
            raise _refused(f"Two columns are called {_short(name)}: give each a name of its own.")
        self._seen.add(key)
        if regular and name.lower() not in _OF_POSTGRES:
            return QuotedName(name) if valuemappers.needsQuoting(name) else name
        return votableread._ChangedName(f"column_{len(self._seen)}_")


def _keep_apart() -> None:
    """Keep uploads of jobs in a folder of their own, with an address of their own."""

    def save(self: Any, name: str, file: Any) -> Any:
        target = Path(self.getWD()) / FOLDER / name
        target.parent.mkdir(exist_ok=True)
        with target.open("wb") as out:
            shutil.copyfileobj(file, out)
        return tap.LocalFile(self.jobId, str(target.parent), name)

    def serialised(self: Any) -> Iterator[tuple[str, Any]]:
        for key, value in self.parameters.items():
            if key == "upload":
                for name, place in value or []:
                    if _ADDRESS.fullmatch(place):
                        yield key, uws.ParameterRef(place)
                    else:
                        here = f"{self.getURL()}/{FOLDER}/{name}"
                        yield key, uws.ParameterRef(here, local=True)
            else:
                yield key, "" if value is None else str(value)

    uws.UWSJobWithWD._saveUpload = save
    tap.TAPJob.iterSerializedPars = serialised
    tap.WORKER_SYSTEM.jobActions.actions[FOLDER] = UploadAction()
    uwsactions.ResultsAction.getResource = result_only


class UploadAction(uwsactions.JobAction):
    """An upload of a job, as it was sent."""

    name = FOLDER

    def getResource(self, job: Any, request: Any, segments: list[str]) -> Any:
        """Send the file."""
        if len(segments) != 1:
            raise svcs.UnknownURI("Name one upload of the job.")
        return _send(_stored(job, f"file://{segments[0]}"), base.votableType, request)


def result_only(self: Any, job: Any, request: Any, segments: list[str]) -> Any:
    """Send a result of a job, and no other file of its folder."""
    if not segments:
        return uwsactions.JobAction.getResource(self, job, request, segments)
    names = [one["resultName"] for one in job.getResults()]
    if len(segments) != 1 or segments[0] not in names:
        raise svcs.UnknownURI("The job has no such result.")
    path, kind = job.getResult(segments[0])
    limits.mark(request, limits.noted(Path(path)))
    return _send(Path(path), kind, request)


def _send(path: Path, kind: str, request: Any) -> Any:
    from twisted.web import server, static

    if not path.is_file():
        raise svcs.UnknownURI("The job has no such file.")
    file = static.File(str(path), defaultType=str(kind))
    file.type, file.encoding = str(kind), None
    file.render(request)
    if request.method == b"HEAD":
        request.finish()  # which is left to the caller, since nothing is sent
    return server.NOT_DONE_YET


def _stored(job: Any, place: str) -> Path:
    """Where an upload of a job lies; a name that none can have leads to no file."""
    name = place.removeprefix("file://")
    return Path(job.getWD()) / FOLDER / (name if _TABLE.fullmatch(name) else "none")


def _refused(sentence: str) -> base.ValidationError:
    return base.ValidationError(sentence, "UPLOAD")


def _short(text: str | None, longest: int = 60) -> str:
    return shorten(_CONTROL.sub("?", text or "(nothing)"), longest)
