"""What became of the files of an ingest."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from ztfvo.errors import BadFile

from .plan import Action, Decision, Job
from .reading import Content, Opened


@dataclass(frozen=True)
class Options:
    """How files are loaded."""

    replace: bool = False
    """Whether a changed file may take the place of the one of its name."""
    allow: bool = False
    """Whether values are loaded that the survey can hardly have."""
    dry_run: bool = False
    """Only read and check, and report what would be done."""


PLAIN = Options()


@dataclass(frozen=True)
class Outcome:
    """What became of one file."""

    key: str
    action: str
    """loaded, replaced, unchanged, refused, ignored, left (loaded, and no longer in the folder), or
    in a dry run what would be done."""
    lightcurves: int = 0
    detections: int = 0
    seconds: float = 0.0
    message: str = ""
    doubtful: int = 0
    """Values that the survey can hardly have and that were loaded nevertheless."""
    loaded_as: str = ""
    """Name under which the database has this content, where it was there before."""
    dropped: tuple[str, ...] = ()
    """Columns of the file that are not kept."""

    def as_dict(self) -> dict[str, str | int | float]:
        """For the report, in which columns are not repeated."""
        values = asdict(self)
        del values["dropped"]
        return values


def done(
    job: Job,
    decision: Decision,
    content: Content,
    opened: Opened,
    *,
    seconds: float = 0.0,
    dry_run: bool = False,
) -> Outcome:
    """The outcome of a file that was loaded, or in a dry run would be."""
    replaced = decision.action is Action.REPLACE
    verbs = ("replace" if replaced else "load", "replaced" if replaced else "loaded")
    return Outcome(
        job.key,
        verbs[not dry_run],
        len(content.curves),
        content.curves.detections,
        seconds,
        "; ".join(filter(None, (decision.reason, content.note))),
        doubtful=content.doubtful,
        dropped=opened.preview.dropped,
    )


def unchanged(job: Job, decision: Decision) -> Outcome:
    """The outcome of a file whose content is loaded."""
    return Outcome(job.key, "unchanged", message=decision.reason, loaded_as=decision.loaded_as)


def refused(job: Job, error: BadFile) -> Outcome:
    """The outcome of a file that must not be loaded."""
    return Outcome(job.key, "refused", message=str(error))
