"""SIA 2 on the images of ObsCore: DaCHS' renderer behind checks, with errors as DALI wants them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gavo import base, rsc
from gavo.protocols import datalink
from gavo.svcs import renderers
from gavo.web import vodal

from ztfvo.dal import BadParameter
from ztfvo_dachs import conecheck, faults, imagequery, outputs

STANDARD = "ivo://ivoa.net/std/SIA#query-2.0"
NO_POLYGON = "spherepoly_from_array"
"""What pgSphere's message begins with where corners make no polygon."""


def parameters() -> Iterator[dict[str, str]]:
    """Yield what the descriptor says of each parameter."""
    for name, one in imagequery.PARAMETERS.items():
        yield {
            "name": name,
            "type": "double precision[2]" if one.interval else "text",
            "xtype": "interval" if one.interval else "",
            "unit": one.unit,
            "title": one.title,
            "text": one.text,
        }


def phrases(name: str, given: dict[str, Any], wanted: dict[str, Any]) -> Iterator[str]:
    """Yield the condition for a parameter, see `imagequery.conditions`."""
    values = given.get(name) or []
    texts = [value if isinstance(value, str) else " ".join(map(repr, value)) for value in values]
    yield from imagequery.conditions(name, texts, wanted)


class ImagesRenderer(vodal.SIAP2Renderer):
    """SIA 2 that refuses bad parameters before the database sees them.

    Errors are VOTables with status 400, whose message begins as SIA 2.0, section 4.2, demands.
    """

    name = "siap2.xml"
    standardId = STANDARD

    def __init__(self, request: Any, service: Any) -> None:
        self.given = outputs.parameters(request)
        super().__init__(request, service)

    def render(self, request: Any, sync: bool = False) -> Any:
        try:
            outputs.check(self.given)
            conecheck.read_rows(conecheck.given_in(self.given))
            for name, one in imagequery.PARAMETERS.items():
                values = self.given.get(name, [])
                list(imagequery.conditions(name, values, {}))
                if one.interval:
                    values[:] = map(imagequery.expanded, values)
        except BadParameter as error:
            return faults.refuse(request, 400, str(error))
        return super().render(request, sync)

    def _produceMetadata(self, request: Any) -> Any:
        """Return a result without rows, and a description of this service.

        DaCHS has the parameters of other protocols' metadata queries instead.
        """
        core = self.service.core
        definition = core._makeResultTableDef(self.service, None, self.queryMeta)
        definition.copyMetaFrom(core.queriedTable)
        table = rsc.TableForDef(definition, rows=[])
        table.setMeta("_queryStatus", "OVERFLOW")
        data = rsc.wrapTable(table, rdSource=core.queriedTable)
        data.sodaGenerators = [self._describe]
        return data

    def _describe(self, context: Any) -> Any:
        described = datalink.ExternalProcLinkDef(
            "",
            self.service.getInputKeysFor(self),
            self.service.getURL(self.name),
            base.getMetaText(self.service, "title"),
            base.getMetaText(self.service, "description"),
            standardId=STANDARD,
        )
        described.serviceDescriptor.name = "this"
        return described.asVOT(context)

    def _handleInputErrors(self, failure: Any, request: Any) -> Any:
        status, text = faults.explained(failure)
        if NO_POLYGON in text:
            text = "POS has a polygon whose sides cross, or that does not fit into half of the sky."
        return faults.refuse(request, status, text)

    _handleRandomFailure = _handleInputErrors


def install() -> None:
    """Put `ImagesRenderer` in place of DaCHS' own renderer."""
    vodal.SIAP2Renderer = ImagesRenderer
    renderers.getRenderer.cache_clear()
