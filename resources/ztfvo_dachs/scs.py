"""The cone-search renderer of this site: DaCHS' own, behind checks, with usable errors."""

from __future__ import annotations

from typing import Any

from gavo import base, utils, votable
from gavo.svcs import renderers
from gavo.votable import V
from gavo.web import vodal

from ztfvo.dal import BadParameter
from ztfvo_dachs import conecheck, messages, outputs


class ConeRenderer(vodal.SCSRenderer):
    """Simple cone search that refuses bad parameters before the database sees them.

    Errors are VOTables with the sentence in an INFO named Error, as SCS 1.03
    wants it, and in one named QUERY_STATUS, as DALI wants it. A mistake in the
    parameters is answered with status 200: TOPCAT and STILTS show the sentence
    then, and nothing but the number with any other.
    """

    name = "scs.xml"

    def __init__(self, request: Any, service: Any) -> None:
        self.given = outputs.parameters(request)
        super().__init__(request, service)

    def render(self, request: Any, sync: bool = False) -> Any:
        try:
            self._check()
        except BadParameter as error:
            return self._writeErrorTable(request, error)
        return super().render(request, sync)

    def _check(self) -> None:
        outputs.check(self.given)
        if self.given.get("FORMAT", [""])[-1].lower() == "metadata":
            return
        if conecheck.read_rows(conecheck.given_in(self.given)) == 0:
            return
        conecheck.read(self.given)

    def _handleInputErrors(self, failure: Any, request: Any) -> Any:
        status, text = messages.explain(failure.value)
        if status >= 500:
            base.ui.notifyFailure(failure)
        return self._writeErrorTable(request, text, 200 if status == 400 else status)

    _handleRandomFailure = _handleInputErrors

    def _writeErrorTable(
        self, request: Any, msg: object, httpStatus: int = 200, queryStatus: str = "ERROR"
    ) -> Any:
        if not request.client:
            return None
        text = str(msg)
        request.setResponseCode(httpStatus)
        request.setHeader("content-type", base.votableType)
        votable.write(
            V.VOTABLE[
                V.INFO(ID="Error", name="Error", value=text),
                V.RESOURCE(type="results")[
                    V.INFO(name="QUERY_STATUS", value=queryStatus)[text],
                    V.INFO(name="request", value=utils.debytify(request.uri)),
                ],
            ],
            request,
        )
        request.finish()
        return vodal.server.NOT_DONE_YET


def install() -> None:
    """Put `ConeRenderer` in place of DaCHS' own renderer."""
    vodal.SCSRenderer = ConeRenderer
    renderers.getRenderer.cache_clear()
