"""Why a server did not give what it was asked for, in words for people."""

from __future__ import annotations


class Failure(Exception):
    """Nothing usable came.

    Parameters
    ----------
    message
        Who was asked, and what came of it.
    status
        HTTP status; None where there was no answer, or its status was not what is wrong with it.
    after
        Seconds after which the server wants to be asked again; None where it does not say.
    """

    def __init__(self, message: str, status: int | None = None, after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.after = after


class NoAnswer(Failure):
    """No answer came in time, or one of a busy or broken server: it may be asked again later."""


class NotFound(Failure):
    """The server has no such document."""


class Refused(Failure):
    """The server refuses the request, or a rule here refuses to send it."""


class TooLarge(Failure):
    """The document has more bytes than it may have."""
