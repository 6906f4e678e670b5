"""Say in forms what is wrong with a field, in a sentence with an example.

DaCHS says "Not a valid number" or "Invalid input for type vexpr-float", puts the field's internal
name before other sentences, and shows the error of the database, with status 200, where the tables
of a form are not loaded.
"""

from __future__ import annotations

from typing import Any

from gavo import base, formal, utils
from gavo.base import sqlmunge
from gavo.formal import converters, validation
from gavo.svcs import vizierexprs  # noqa: F401  registers what is wrapped here

from ztfvo.dal import shorten
from ztfvo_dachs import messages

CONDITION = "vexpr-float"
"""Type of a field that takes a condition on a number."""


def install() -> None:
    """Apply the repair, once in a process."""
    conditions = sqlmunge._REGISTRED_SQL_FACTORIES
    original = conditions[CONDITION]

    def condition(field: Any, value: Any, parameters: dict[str, Any]) -> str:
        try:
            return original(field, value, parameters)
        except utils.ValidationError as error:
            raise base.ValidationError(
                f"{shorten(str(value))} is no condition on a number: write e.g. 0.3, > 0.3 or "
                "0.3 .. 1.5, with a decimal point and without a unit.",
                field.name,
            ) from error

    sqlmunge.registerSQLFactory(CONDITION, condition)


def install_in_server() -> None:
    """Apply the repairs of forms, once in a process."""
    from gavo.web import formrender

    converters.NumberToStringConverter.toType = number
    original = formrender.FormMixin._handleInputErrors

    def handle(self: Any, failure: Any, request: Any) -> Any:
        error = failure.value
        if not isinstance(error, base.ValidationError):
            return original(self, failure, request)
        status, sentence = messages.explain(error)
        if status == 400:
            sentence = error.msg
        else:
            request.setResponseCode(status)
        self.genForm.errors.add(_of_form(self.genForm, error.colName, sentence))
        return self.genForm.errors

    formrender.FormMixin._handleInputErrors = handle


def number(self: Any, value: str | None) -> float | int | None:
    """Read a number as its field has it; None where there is none."""
    text = (value or "").strip()
    if not text:
        return None
    try:
        return self.cast(text)
    except (ValueError, ArithmeticError):
        kind, form = (
            ("a whole number", "digits only, e.g. 15")
            if self.cast is int
            else ("a number", "e.g. 1.5, with a decimal point and without a unit")
        )
        raise validation.FieldValidationError(
            f"{shorten(text)} is not {kind}: write {form}."
        ) from None


def _of_form(form: Any, name: str | None, sentence: str) -> Exception:
    """The error of a field, or of the form where it has no such field."""
    try:
        form.items.getItemByName(name)
    except KeyError:
        return formal.FormError(sentence)
    return formal.FieldValidationError(sentence, name)
