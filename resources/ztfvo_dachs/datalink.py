"""The links services: `ztfvo.links` as DaCHS' datalink cores take it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from gavo import base, rscdef, svcs
from gavo.protocols import datalink

from ztfvo.db import DatabaseDown
from ztfvo.links import ofcurve, ofdetection, ofproduct, ofreference, processing
from ztfvo.links.model import Fault, LightCurve, Link, ReferenceImage
from ztfvo.releases import NoRelease
from ztfvo.store.names import DEFAULT
from ztfvo_dachs import messages


class Descriptor(datalink.DatalinkDescriptorMixin):
    """One ID of a request, and what was found for it."""

    suppressAutoLinks = True

    def __init__(self, identifier: str, release: str, found: Any) -> None:
        self.pubDID = identifier
        self.release = release
        self.found = found


def lightcurve(identifier: str, arguments: Any, store: str) -> Any:
    """The descriptor of a light curve, or the fault of an ID that is none."""
    return _describe(identifier, arguments, store, ofcurve.find)


def detection(identifier: str, arguments: Any, store: str) -> Any:
    """The descriptor of a detection, or the fault of an ID that is none."""
    return _describe(identifier, arguments, store, ofdetection.look_up)


def product(identifier: str, arguments: Any) -> Any:
    """The descriptor of what ObsCore lists, or the fault of an ID that is none."""
    return _describe(
        identifier, arguments, DEFAULT, lambda release, identifiers: ofproduct.find(identifiers)
    )


def links_of_lightcurve(descriptor: Descriptor) -> Iterator[Any]:
    """Links of a light curve, and the service that processes it."""
    for number, link in enumerate(ofcurve.links(descriptor.found)):
        yield _link(descriptor, link)
        if number == 0:
            yield _processing(descriptor.pubDID, descriptor.found)


def links_of_product(descriptor: Descriptor) -> Iterator[Any]:
    """Links of a light curve or of an image."""
    if isinstance(descriptor.found, LightCurve):
        yield from links_of_lightcurve(descriptor)
        return
    is_reference = isinstance(descriptor.found, ReferenceImage)
    links = ofreference.links if is_reference else ofdetection.links_of_image
    for link in links(descriptor.found):
        yield _link(descriptor, link)


def links_of_detection(descriptor: Descriptor) -> Iterator[Any]:
    """Links of a detection."""
    for link in ofdetection.links(descriptor.release, descriptor.found):
        yield _link(descriptor, link)


def _describe(
    identifier: str, arguments: Any, store: str, find: Callable[..., dict[str, Any]]
) -> Any:
    """The descriptor or the fault of one ID; all are looked up when DaCHS asks for the first."""
    release = store.removesuffix("_store")
    if not hasattr(arguments, "found"):
        arguments.found = _look_up(release, arguments["ID"], find)
    one = arguments.found[identifier]
    if isinstance(one, Fault):
        make = getattr(datalink.DatalinkFault, one.kind)
        return make(identifier, one.message, semantics="#this")
    return Descriptor(identifier, release, one)


def _look_up(
    release: str, identifiers: list[str], find: Callable[..., dict[str, Any]]
) -> dict[str, Any]:
    """What each identifier stands for, or its fault; never an exception, which people would see."""
    try:
        return find(release, list(dict.fromkeys(identifiers)))
    except DatabaseDown as error:
        fault = Fault("TransientFault", str(error))
    except NoRelease as error:
        fault = Fault("NotFoundFault", str(error))
    except Exception as error:
        base.ui.notifyError(f"Links of {identifiers[:3]} in {release}: {error!r}")
        fault = Fault("FatalFault", messages.failed())
    return dict.fromkeys(identifiers, fault)


def _link(descriptor: Descriptor, link: Link) -> datalink.LinkDef:
    return descriptor.makeLink(
        link.url,
        semantics=link.semantics,
        description=link.description,
        contentType=link.content_type,
        contentQualifier=link.content_qualifier,
        localSemantics=link.local_semantics,
    )


def _processing(identifier: str, curve: LightCurve) -> datalink.ExternalProcLinkDef:
    """The row and the descriptor of the light-curve service."""
    key = base.makeStruct(
        svcs.InputKey, name="ID", type="text", ucd="meta.id;meta.main", content_=str(curve.oid)
    )
    made = datalink.ExternalProcLinkDef(
        identifier,
        [key, *_input_keys()],
        processing.access_url(curve),
        processing.TITLE,
        processing.description(curve),
        localSemantics="processing",
    )
    made.serviceDescriptor.name = processing.name(curve)
    return made


@lru_cache(maxsize=1)
def _input_keys() -> tuple[svcs.InputKey, ...]:
    """The parameters of the light-curve service, which are the same for all IDs."""
    return tuple(
        base.makeStruct(
            svcs.InputKey,
            name=one.name,
            type="text",
            unit=one.unit,
            ucd=one.ucd,
            description=one.description,
            values=base.makeStruct(
                rscdef.Values,
                options=[base.makeStruct(rscdef.Option, content_=word) for word in one.options],
            )
            if one.options
            else None,
        )
        for one in processing.parameters()
    )
