"""Short ways to download from the stand-in of the archive."""

from __future__ import annotations

from support.archive import DR19
from support.files import ROOT
from ztfvo.download import run, select, source
from ztfvo.download.source import Source

QUICK = {"attempts": 3, "spacing": 0.0, "wait": 0.001, "silence": 5.0}
INPUTS = ROOT / "inputs" / "ztf"
HOME = "1/field001722/"
ZG = f"{HOME}ztf_001722_zg_c07_q4_dr19.parquet"
ZR = f"{HOME}ztf_001722_zr_c07_q4_dr19.parquet"
OTHER = "0/field000633/ztf_000633_zg_c07_q4_dr19.parquet"


def source_of(server, layout="bulk-parquet", path=DR19, **more):
    """Where the stand-in publishes a release."""
    return Source("dr19", layout, server.url, path.lstrip("/"), **more)


def archive_of(server, **changes):
    """Make a client that loses no time."""
    return source.archive_of(source_of(server), 4, **(QUICK | changes))


class Quiet:
    """Progress that only counts."""

    def __init__(self):
        self.bytes, self.files, self.failures = 0, [], []

    def advance(self, size):
        self.bytes += size

    def done(self, remote):
        self.files.append(remote.path)

    def failed(self, remote, reason):
        self.failures.append(reason)


def get(server, wish, folder, origin=None, progress=None, **changes):
    """Choose, plan and run; the choice and the outcome."""
    origin = origin or source_of(server)
    with archive_of(server, **changes) as archive:
        choice = select.choose(archive, origin, wish, INPUTS)
        todo = run.plan(archive, choice.files, folder)
        return choice, run.run(archive, todo, progress or Quiet())


def paths(choice):
    """Paths of the chosen files."""
    return [remote.path for remote in choice.files]
