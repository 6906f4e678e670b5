"""``python -m kdb export_records FILE.jsonl``"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress

from kdb.annotations.models import Annotation
from kdb.transfer.lines import write_lines
from kdb.transfer.votable import write_votable

LAYOUTS = {".jsonl": "jsonl", ".vot": "votable", ".xml": "votable"}


class Command(BaseCommand):
    """Writes everything but accounts."""

    help = (
        "Write annotations with their history, tags and the tags' log, as JSON lines (which "
        "import_records reads) or VOTable. Accounts, passwords and tokens are not written: "
        "authors are given by their public names."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add file and layout."""
        parser.add_argument("file", help="FILE.jsonl or FILE.vot; - is the standard output")
        parser.add_argument(
            "--layout",
            choices=sorted(set(LAYOUTS.values())),
            help="where the name lacks it",
        )
        parser.add_argument(
            "--descriptor", type=int, help="of the file, where the caller has opened it"
        )
        parser.add_argument(
            "--public", action="store_true", help="leave out what not everyone may read"
        )

    def handle(
        self, *, file: str, layout: str | None, public: bool, descriptor: int | None, **_: Any
    ) -> None:
        """Write the file; it has its name only once it is whole."""
        layout = layout or LAYOUTS.get(Path(file).suffix.lower())
        if layout is None:
            raise CommandError(f"{file}: the name must end in .jsonl or .vot, or give --layout.")
        if file == "-":
            self._write(sys.stdout.buffer, layout, public)
            return
        if descriptor is None:
            counts = self._write_file(file, layout, public)
        else:
            with os.fdopen(descriptor, "wb") as opened:
                counts = self._write(opened, layout, public)
        counts = ", ".join(
            f"{count:,} {name.replace('_', ' ')}" for name, count in sorted(counts.items())
        )
        self.stdout.write(f"{file}: {counts}.")

    def _write_file(self, file: str, layout: str, public: bool) -> dict[str, int]:
        part = Path(f"{file}.part")
        try:
            # Records that are not public are for the operator's eyes.
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as f:
                counts = self._write(f, layout, public)
                f.flush()
                os.fsync(f.fileno())
            part.replace(file)
            return counts
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error}.") from error
        finally:
            part.unlink(missing_ok=True)

    def _write(self, target: IO[bytes], layout: str, public: bool) -> dict[str, int]:
        if layout == "votable":
            return write_votable(target, public)
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("annotations", total=Annotation.objects.count())
            advance: Callable[[int], None] = lambda count: progress.advance(task, count)  # noqa: E731
            return write_lines(target, public, advance)
