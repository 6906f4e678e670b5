"""What is published names the site's address: set-up publishes it again where that has changed."""

from __future__ import annotations

from pathlib import Path

from ztfvo.settings import Settings
from ztfvo.site import catalogs, dachs, kdb_tables, publish
from ztfvo.site.render import write


def is_outdated(settings: Settings) -> bool:
    """Return whether records in the registry and tables name another address."""
    stamp = _stamp(settings)
    return not stamp.exists() or stamp.read_text(encoding="utf-8").strip() != settings.url


def renew(settings: Settings) -> None:
    """Publish all again that was published; the database must be running.

    Raises
    ------
    SiteError
        When DaCHS refuses it.
    """
    dachs.publish_own(settings, *kdb_tables.descriptors(settings))
    if releases := publish.published(settings):
        publish.publish(*releases, settings=settings)
    if names := catalogs.published(settings):
        catalogs.publish(settings, names)
    note(settings)


def note(settings: Settings) -> None:
    """Keep the address that what is published names."""
    path = _stamp(settings)
    path.parent.mkdir(exist_ok=True)
    write(settings, path, f"{settings.url}\n")


def _stamp(settings: Settings) -> Path:
    return settings.var / "dachs" / "published" / "address"
