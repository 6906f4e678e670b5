"""``python -m kdb import_records FILE... --release dr17``"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress

from kdb.annotations.models import RELEASE
from kdb.transfer.load import Outcome, load
from kdb.transfer.readers import read
from kdb.transfer.records import LONGEST_AUTHOR, BadFile, Defaults

MOST_FAULTS = 20
"""Lines reported of one file."""


class Command(BaseCommand):
    """Loads files."""

    help = (
        "Load annotations from CSV, from JSON of the original knowledge database, or from an "
        "export. Each file is loaded whole or not at all, and nothing twice: an interrupted "
        "command is completed by the same command."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add files and what they do not say themselves."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--release", help="data release of records that name none")
        parser.add_argument(
            "--author", default="unknown", help="author of records that name none (%(default)s)"
        )
        parser.add_argument(
            "--create-tags", action="store_true", help="add tags that the vocabulary lacks"
        )
        parser.add_argument(
            "--skip-older",
            action="store_true",
            help="leave out records that are older than the newest of their OID",
        )
        parser.add_argument("--dry-run", action="store_true", help="report what would be loaded")

    def handle(
        self, *, files: list[Path], release: str | None, author: str, **options: Any
    ) -> None:
        """Load each file; the others go on when one is refused."""
        if release is not None and not RELEASE.regex.fullmatch(release):
            raise CommandError(f"--release {release!r} is none: write a name such as dr19.")
        if not 0 < len(author.strip()) <= LONGEST_AUTHOR:
            raise CommandError(f"--author must have 1 to {LONGEST_AUTHOR} characters.")
        defaults = Defaults(release, author.strip())
        chosen = {name: options[name] for name in ("create_tags", "skip_older", "dry_run")}
        refused = sum(not self._load(path, defaults, chosen) for path in files)
        if refused:
            raise CommandError(f"{refused} of {len(files)} files were refused.")

    def _load(self, path: Path, defaults: Defaults, chosen: dict[str, bool]) -> bool:
        try:
            content = read(path, defaults)
            with Progress(console=Console(stderr=True), transient=True) as progress:
                task = progress.add_task(path.name, total=len(content.records))
                outcome = load(
                    content, advance=lambda count: progress.advance(task, count), **chosen
                )
        except BadFile as error:
            for fault in error.faults[:MOST_FAULTS]:
                self.stderr.write(fault if fault.startswith(str(path)) else f"{path}, {fault}")
            if (more := len(error.faults) - MOST_FAULTS) > 0:
                self.stderr.write(f"{path}: and {more} more")
            self.stderr.write(f"{path}: nothing was loaded.")
            return False
        self.stdout.write(f"{path}: {_sentence(outcome, chosen['dry_run'])}")
        return True


def _sentence(outcome: Outcome, dry_run: bool) -> str:
    verb = "would be added" if dry_run else "added"
    parts = [f"{outcome.added:,} records {verb}", f"{outcome.known:,} were there"]
    if outcome.older:
        parts.append(f"{outcome.older:,} left out as older")
    if outcome.tags:
        parts.append(f"{outcome.tags} tags {verb}")
    return ", ".join(parts) + "."
