"""Errors that show an operator what is wrong and what to do."""

from __future__ import annotations


class SiteError(Exception):
    """Something that the operator can put right.

    Parameters
    ----------
    cause
        What is wrong, with the value that is.
    remedy
        What to do.
    """

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(f"{cause}\nRemedy: {remedy}")
        self.cause = cause
        self.remedy = remedy
