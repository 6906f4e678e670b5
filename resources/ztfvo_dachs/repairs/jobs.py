"""How TAP jobs are run, ended and kept.

DaCHS signals the process number in a job's row whatever it is (for synchronous queries -1, which
is every process of the user), keeps rows of queries that ended with their server, lists everybody's
jobs to everybody, takes their names from a generator that is not made for secrets, and keeps
parameters, errors and results as pickles.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import signal
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from gavo import base, svcs, utils
from gavo.protocols import tap, taprunner, uws, uwsactions

from ztfvo.dal import WHOLE
from ztfvo.settings import get_settings
from ztfvo_dachs.jobserver import PROCESS

RESULTS = "results.json"
"""File in a job's folder that lists its results."""

PATIENCE = 10.0
"""Seconds that who changes a job waits for others who do; DaCHS' tenth of one is too short where
the machine is busy, and leaves the job in error."""

NAME_BYTES = 16
"""Length of the random numbers that jobs are called by."""

FIRST_OF_OURS = 2
"""Process numbers below are groups, everybody, or the system's first process."""


def install() -> None:
    """Apply the repairs, once in a process."""
    _close_test_queries()
    _wait_for_others()
    _end_their_own_process_only()
    _keep_plain_data()
    _limit_times()
    _limit_waiting()
    _name_phases()
    _name_actions()
    uws.UWSJobWithWD.getNewId = classmethod(new_name)


def install_in_server() -> None:
    """Apply the repairs of what the server shows of jobs, once in a process."""
    _show_jobs_to_those_who_know_them()
    _answer_with_statuses()
    _start_at_once()


def _close_test_queries() -> None:
    """Drop the magic TAP queries that hold a thread for a minute or crash a job on purpose."""
    taprunner._hangIfMagic = lambda jobId, parameters, timeout: None


def _wait_for_others() -> None:
    change, to_phase = uws.UWS.changeableJob, uws.UWS.changeToPhase

    def change_patiently(self: Any, job: str, timeout: float = PATIENCE) -> Any:
        return change(self, job, max(timeout, PATIENCE))

    def to_phase_patiently(
        self: Any, job: str, phase: str, input: Any = None, timeout: float = PATIENCE
    ) -> Any:
        return to_phase(self, job, phase, input, max(timeout, PATIENCE))

    uws.UWS.changeableJob, uws.UWS.changeToPhase = change_patiently, to_phase_patiently


def runs(pid: int | None, job: str) -> bool:
    """Return whether the process `pid` is the one that runs `job`, and not another that has its
    number by now."""
    if pid is None or pid < FIRST_OF_OURS:
        return False
    try:
        with (Path(base.getConfig("uwsWD")) / job / PROCESS).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _send(job: Any, number: signal.Signals) -> bool:
    """Signal the process of a job, if it has one; return whether it has."""
    if not runs(job.pid, job.jobId):
        return False
    os.kill(job.pid, number)
    return True


def _end_their_own_process_only() -> None:
    def kill(self: Any, phase: str, job: Any, ignored: Any) -> None:
        # A runner that has begun to work manages the job's state by itself when it is interrupted.
        began = job.startTime is not None
        if not (_send(job, signal.SIGINT if began else signal.SIGTERM) and began):
            self.markAborted(uws.ABORTED, job, ignored)
        job.uws.scheduleProcessQueueCheck()

    def prepare(self: Any) -> None:
        if self.phase == uws.EXECUTING:
            _send(self, signal.SIGTERM)
        # One that is just being started, and has no process yet, is not to begin.
        self.change(phase=uws.ABORTED)
        shutil.rmtree(self.getWD(), ignore_errors=True)

    tap.TAPTransitions.killJob = kill
    tap.TAPJob.prepareForDestruction = prepare


def end_orphan(system: Any, job: str) -> None:
    """Make a job an error that no process runs, so that it blocks no others."""
    base.ui.notifyWarning(f"No process runs job {job}")
    message = "The process that ran this job has ended: start the query again."
    uws.UWS.changeToPhase(system, job, uws.ERROR, uws.UWSError(message, job))


def _keep_plain_data() -> None:
    """Keep parameters, errors and results as JSON, and take nothing else for them."""
    job = uws.BaseUWSJob

    def write(self: Any, value: Any) -> str:
        return json.dumps(value)

    def read_parameters(self: Any, value: str) -> dict[str, Any]:
        found = _read(value)
        return {name: _with_pairs(one) for name, one in found.items()} if found else {}

    def write_error(self: Any, value: Any) -> str | None:
        if value is None or isinstance(value, dict):
            return json.dumps(value) if value else None
        return json.dumps({"msg": str(value), "hint": getattr(value, "hint", None)})

    job._default_parameters = classmethod(lambda cls: json.dumps({}))
    job._encode_parameters, job._decode_parameters = write, read_parameters
    job._encode_error = write_error
    job._decode_error = lambda self, value: _read(value)

    def load(self: Any) -> list[dict[str, str]]:
        try:
            return json.loads((Path(self.getWD()) / RESULTS).read_text("utf-8"))
        except FileNotFoundError:
            return []

    def save(self: Any, results: list[dict[str, str]]) -> None:
        target = Path(self.getWD()) / RESULTS
        fresh = target.with_suffix(".new")
        fresh.write_text(json.dumps(results), "utf-8")
        fresh.replace(target)

    uws.UWSJobWithWD._loadResults, uws.UWSJobWithWD._saveResults = load, save


def _read(value: str | None) -> dict[str, Any] | None:
    """JSON of a job's row; nothing for rows that an earlier version wrote in another form."""
    try:
        found = json.loads(value) if value else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _with_pairs(value: Any) -> Any:
    """Uploads are lists of pairs, which JSON has as lists."""
    if isinstance(value, list):
        return [tuple(one) if isinstance(one, list) else one for one in value]
    return value


def duration(text: str) -> int:
    """Return the seconds of an EXECUTIONDURATION, at most those that a job may take.

    Raises
    ------
    ValidationError
        When it is not a number of seconds.
    """
    longest = get_settings().async_seconds
    try:
        wanted = float(text)
    except ValueError:
        wanted = -1
    if not 0 <= wanted < float("inf"):
        raise base.ValidationError(
            f"{text[:40]} is not a number of seconds: give 1 to {longest}.", "EXECUTIONDURATION"
        )
    return min(int(wanted) or longest, longest)


def moment(text: str) -> datetime:
    """Return the time (UTC) of a DESTRUCTION, at most as late as jobs are kept.

    Raises
    ------
    ValidationError
        When it is not a time.
    """
    try:
        wanted = utils.parseISODT(text)
    except ValueError as error:
        raise base.ValidationError(
            f"{text[:40]} is not a time: write it like 2026-01-31T12:00:00Z.", "DESTRUCTION"
        ) from error
    latest = datetime.utcnow() + timedelta(days=get_settings().job_days)
    return min(wanted.replace(tzinfo=None), latest)


def _limit_times() -> None:
    """Bound EXECUTIONDURATION and DESTRUCTION, as UWS 1.1, sections 2.2.1.6 and 2.2.1.7 allow."""
    uwsactions.ExecDAction.deserializeValue = staticmethod(duration)
    uwsactions.DestructionAction.deserializeValue = staticmethod(moment)


def _limit_waiting() -> None:
    """Refuse a WAIT that is no number, and wait no longer than requests may take."""
    root = uwsactions.RootAction
    delay = root._delayIfWAIT

    def delay_within_bounds(self: Any, job: Any, request: Any) -> Any:
        text, longest = request.uwsArgs.get("wait"), base.getConfig("async", "maxslowpollwait")
        if text is not None:
            if text != "-1" and not WHOLE.fullmatch(text):
                raise base.ValidationError(
                    f"{text[:40]} is not a number of seconds: give 0 to {longest}, or -1 for as"
                    " long as possible.",
                    "WAIT",
                )
            request.uwsArgs["wait"] = str(longest if text == "-1" else min(int(text), longest))
        return delay(self, job, request)

    root._delayIfWAIT = delay_within_bounds


def _name_phases() -> None:
    change = uwsactions.PhaseAction.doPOST

    def change_if_known(self: Any, job: Any, request: Any) -> Any:
        phase = request.uwsArgs.get("phase") or ""
        if phase not in ("RUN", "ABORT"):
            raise base.ValidationError(
                f"A job cannot be brought to PHASE={phase[:40]}: give RUN or ABORT.", "PHASE"
            )
        return change(self, job, request)

    uwsactions.PhaseAction.doPOST = change_if_known


def _name_actions() -> None:
    post = uwsactions.RootAction.doPOST

    def act_if_known(self: Any, job: Any, request: Any) -> Any:
        action = request.uwsArgs.get("action") or ""
        if action != "DELETE":
            raise base.ValidationError(
                f"A job takes ACTION=DELETE, not {action[:40] or 'nothing'}: post PHASE, "
                "EXECUTIONDURATION and DESTRUCTION to the addresses below the job's.",
                "ACTION",
            )
        return post(self, job, request)

    uwsactions.RootAction.doPOST = act_if_known


def new_name(cls: Any, system: Any, connection: Any) -> str:
    """Make a job's folder and return its name: the key to the job, so that nobody can guess it."""
    folder = Path(base.getConfig("uwsWD")) / secrets.token_hex(NAME_BYTES)
    folder.mkdir(mode=0o700, parents=True)
    return folder.name


def _show_jobs_to_those_who_know_them() -> None:
    """List jobs to their owners only: nobody else can look at, abort or delete them."""
    from gavo.web import asyncrender

    original = uwsactions.getJobList

    def listed(system: Any, owner: str | None = None, **wanted: Any) -> Any:
        return original(system, owner or "", **wanted)

    uwsactions.getJobList = listed
    asyncrender.uwsactions.getJobList = listed


def _answer_with_statuses() -> None:
    """Answer mistakes in requests to jobs with 400 and 404, not with 200."""
    from gavo.protocols import dali
    from gavo.web import asyncrender, weberrors

    from ztfvo_dachs import messages

    def deliver(self: Any, failure: Any, request: Any, httpStatus: int = 0) -> Any:
        error = failure.value
        if isinstance(error, svcs.Authenticate | svcs.SeeOther):
            return weberrors.renderDCErrorPage(failure, request)
        if isinstance(error, uws.JobNotFound):
            text = "There is no such job here: jobs are kept for some days only."
            return dali.serveDALIError(request, text, httpStatus=404)
        status, text = messages.explain(error)
        if status >= 500:
            base.ui.notifyFailure(failure)
        return dali.serveDALIError(request, text, httpStatus=status)

    asyncrender.UWSResource._deliverError = deliver


def _start_at_once() -> None:
    """Start a job that is made with PHASE=RUN (UWS 1.1, section 2.2.3.1)."""
    from gavo.web import asyncrender

    def make(self: Any, request: Any) -> None:
        phase = (request.uwsArgs.get("phase") or "").upper()
        if phase not in ("", "RUN"):
            raise base.ValidationError(
                f"A new job cannot be in PHASE={phase[:40]}: leave it out, or give RUN.", "PHASE"
            )
        job = self.workerSystem.getNewIdFromRequest(request)
        if phase:
            self.workerSystem.changeToPhase(job, uws.QUEUED)
        asyncrender.redirectUWS(self.service.getURL(self.renderer), str(job))

    asyncrender.JoblistResource.render_POST = make
