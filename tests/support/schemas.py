"""The XML schemas of the IVOA, as the DaCHS package has them; nothing is fetched."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree

SCHEMA = "http://www.w3.org/2001/XMLSchema"
NAMES = (
    *("VOSICapabilities", "VOSIAvailability", "VOSITables", "VOResource", "VODataService"),
    *("ConeSearch", "SSA", "SIA", "TAPRegExt", "UWS", "OAI-PMH", "oai_dc", "RegistryInterface"),
    *("VORegistry", "StandardsRegExt", "VOTable", "DaCHS", "Colstats"),
)


def folder() -> Path:
    """Where the schemas are."""
    return Path(find_spec("gavo").submodule_search_locations[0]) / "resources" / "schemata"


class _Local(etree.Resolver):
    """Finds what schemas import, by the last part of its address or by its namespace."""

    def resolve(self, url, public_id, context):
        here = folder()
        by_namespace = {_namespace(path): path for path in here.glob("*.xsd")}
        path = here / url.rpartition("/")[2]
        return self.resolve_filename(str(path if path.exists() else by_namespace[url]), context)


def _namespace(path: Path) -> str:
    return etree.parse(path).getroot().get("targetNamespace")


@lru_cache(maxsize=1)
def _all() -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Local())
    root = etree.Element(f"{{{SCHEMA}}}schema", targetNamespace="urn:all")
    for name in NAMES:
        path = folder() / f"{name}.xsd"
        attributes = {"namespace": _namespace(path), "schemaLocation": path.name}
        etree.SubElement(root, f"{{{SCHEMA}}}import", attributes)
    text = etree.tostring(root)
    return etree.XMLSchema(etree.fromstring(text, parser))


def faults(document: bytes) -> list[str]:
    """What a document has that its schemas do not allow."""
    schema = _all()
    schema.validate(etree.fromstring(document))
    return [f"line {one.line}: {one.message}" for one in schema.error_log]
