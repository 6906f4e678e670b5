"""An expert at the knowledge database: what a script does there, over its public API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import httpx

from ztfvo.settings import Settings
from ztfvo.site.errors import SiteError
from ztfvo.site.knowledge import environment, manage


class Expert:
    """Someone who is logged in by password; used as a context, it logs out at the end.

    Parameters
    ----------
    settings
        Those of the installation.
    login, password
        As the knowledge database knows them.
    """

    def __init__(self, settings: Settings, login: str, password: str) -> None:
        known = environment(settings)
        base = f"{settings.local_url}{known['KDB_PREFIX']}/api/v1/"
        host = httpx.URL(known["KDB_PUBLIC_URL"]).netloc.decode()
        self._client = httpx.Client(
            base_url=base, headers={"Host": host}, timeout=30, trust_env=False
        )
        self.who = self._send("login/", {"login": login, "password": password})

    def __enter__(self) -> Expert:
        return self

    def __exit__(self, *_: object) -> None:
        self._send("logout/", {})
        self._client.close()

    def states(self, oids: Iterable[int]) -> dict[int, dict[str, Any]]:
        """Return what is recorded for each OID, by OID."""
        answers = self._send("objects/query/", {"oids": list(oids)})
        return {state["oid"]: state for state in answers["results"]}

    def annotate(self, oid: int, tags: list[str], description: str) -> dict[str, Any]:
        """Record something on an OID of the demo release, after what is recorded now."""
        newest = self._answer(self._client.get(f"objects/{oid}/"))["newest"]
        body = {"oid": oid, "release": "demo", "tags": tags, "description": description}
        return self._send("annotations/", body | {"based_on": newest})

    def _send(self, path: str, body: dict[str, Any]) -> Any:
        token = self._answer(self._client.get("login/"))["csrf_token"]
        return self._answer(self._client.post(path, json=body, headers={"X-CSRFToken": token}))

    @staticmethod
    def _answer(response: httpx.Response) -> Any:
        if response.is_error:
            raise SiteError(
                f"{response.request.url} answers {response.status_code}: {response.text[:300]}",
                "see: scripts/serve logs kdb",
            )
        return response.json() if response.content else None


def new_password(settings: Settings, login: str, public_name: str) -> str:
    """Make an expert, or reset their password; return the password, which is kept nowhere.

    Raises
    ------
    SiteError
        When the knowledge database refuses both.
    """
    made = manage(settings, ["create_user", login, public_name, "--role=expert"], quiet=True)
    if made.returncode:
        made = manage(settings, ["reset_password", login], quiet=True)
    if made.returncode:
        raise SiteError(f"there is no expert {login}: {made.stderr.strip()}", "see the lines above")
    return made.stdout.split()[-1]
