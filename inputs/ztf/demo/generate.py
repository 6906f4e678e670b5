#!/usr/bin/env python3
"""Write the files of the simulated demo release.

The same program writes the same bytes on every run, so that ``manifest.csv`` can be checked.
"""

import argparse
import sys
import time
from pathlib import Path

from skysim import manifest, release, writer

HERE = Path(__file__).resolve().parent
MANIFEST = HERE / "manifest.csv"
STARS = HERE / "stars.csv"


def generate(folder: Path) -> list[manifest.Entry]:
    """Simulate all channels below a folder and describe the files written."""
    entries = []
    for channel, sources, exposures, rng in release.channels(STARS):
        path, rows, detections = writer.write_channel(
            folder, release.RELEASE, channel, sources, exposures, rng
        )
        entries.append(manifest.describe(folder, path, rows, detections))
        if sys.stderr.isatty():
            print(f"\r{len(entries)} files", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return sorted(entries)


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder of the release's files")
    parser.add_argument(
        "--manifest", action="store_true", help="rewrite manifest.csv from what is written"
    )
    return parser.parse_args()


def main() -> int:
    """Generate the release unless it is there; exit status 1 if it differs from the manifest."""
    arguments = parse_arguments()
    known = manifest.read_manifest(MANIFEST)
    if not arguments.manifest and manifest.is_complete(arguments.out, known):
        print(f"{arguments.out}: {len(known)} files are there already, nothing to do")
        return 0
    started = time.monotonic()
    try:
        entries = generate(arguments.out)
    except OSError as error:
        print(f"cannot write the demo release: {error}; check --out and the disk", file=sys.stderr)
        return 1
    rows = sum(entry.rows for entry in entries)
    detections = sum(entry.detections for entry in entries)
    size = sum(entry.bytes for entry in entries) / 1e6
    print(
        f"{arguments.out}: {len(entries)} files, {rows} light curves, {detections} detections, "
        f"{size:.1f} MB in {time.monotonic() - started:.1f} s"
    )
    if arguments.manifest:
        manifest.write_manifest(MANIFEST, entries)
    elif entries != sorted(known):
        changed = set(entries) ^ set(known)
        print(
            f"{len({entry.path for entry in changed})} files differ from {MANIFEST}: another "
            "version of numpy or pyarrow than the locked one? Install the versions of "
            "etc/requirements.lock, or accept these files with --manifest.",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
