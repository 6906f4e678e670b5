"""A browser without scripts: it follows links and fills forms, as a person does."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import lxml.html
from django.conf import settings

from support.kdb import Visitor


class Document:
    """An answer that is a page."""

    def __init__(self, response: Any, path: str) -> None:
        self.response, self.path = response, path
        self.status = response.status_code
        self.source = response.content.decode()
        self.tree = lxml.html.document_fromstring(self.source or "<html></html>")

    @property
    def heading(self) -> str:
        """The page's first heading."""
        return text_of(self.tree.find(".//h1"))

    def texts(self, selector: str) -> list[str]:
        """The texts of what an XPath selects."""
        return [text_of(part) for part in self.tree.xpath(selector)]

    def rows(self, table: int = 0) -> list[dict[str, str]]:
        """The rows of a table by the names of its columns."""
        found = self.tree.xpath("//table")[table]
        names = [text_of(cell) for cell in found.xpath("./thead/tr/th")]
        lines = [[text_of(cell) for cell in row.xpath("./th|./td")] for row in found.xpath(".//tr")]
        return [dict(zip(names, line, strict=True)) for line in lines[1:]]

    def oids(self) -> list[int]:
        """The OIDs of the table of objects."""
        return [int(row["OID"]) for row in self.rows()] if self.tree.xpath("//table") else []

    def link(self, text: str) -> str:
        """The address of a link."""
        (first, *_) = [a for a in self.tree.xpath("//a[@href]") if text_of(a) == text]
        return urljoin(self.path, first.get("href"))

    def links(self) -> set[str]:
        """The texts of all links."""
        return {text_of(part) for part in self.tree.xpath("//a[@href]")}

    def faults(self) -> str:
        """All that the page complains about."""
        return " ".join(
            self.texts("//*[contains(@class, 'fault') or contains(@class, 'errorlist')]")
        )

    def fault_at(self, name: str) -> str:
        """What the page says at one input: found the way a screen reader finds it."""
        (field,) = self.tree.xpath(f"//*[@name='{name}']")
        assert field.get("aria-invalid") == "true"
        shown = [
            self.tree.get_element_by_id(part) for part in field.get("aria-describedby").split()
        ]
        return " ".join(text_of(part) for part in shown if part.get("class") == "errorlist")

    def values(self, button: str) -> dict[str, Any]:
        """The values of the form with a button."""
        return values_of(self.form(button))

    def form(self, button: str) -> Any:
        """The form with a button."""
        found = [
            form
            for form in self.tree.xpath("//form")
            if button in [text_of(part) for part in form.xpath(".//button")]
        ]
        assert found, f"no form has a button {button!r}"
        return found[0]


class Browser:
    """Someone who visits pages; what they send is checked for where it comes from."""

    def __init__(self, user: Any = None) -> None:
        self.visitor = Visitor(user, enforce_csrf_checks=True)

    def get(self, path: str, follow: bool = True, **parameters: Any) -> Document:
        """Open an address."""
        query = "?" + urlencode(parameters, doseq=True) if parameters else ""
        response = self.visitor.client.get(inside(path) + query)
        return self._landed(response, path, follow)

    def submit(self, page: Document, button: str, follow: bool = True, **changes: Any) -> Document:
        """Fill the form with this button, and press it."""
        form = page.form(button)
        values = values_of(form) | changes
        address = urljoin(page.path, form.get("action") or page.path)
        if (form.get("method") or "get").lower() == "get":
            response = self.visitor.client.get(inside(address), values)
        else:
            response = self.visitor.client.post(inside(address), values)
        return self._landed(response, address, follow)

    def post(self, path: str, **values: Any) -> Document:
        """Send values to an address, with the token of a form of another page."""
        form = self.get("/").tree.xpath("//form[@method='post']") or [
            self.get("/login").form("Log in")
        ]
        token = values_of(form[0])["csrfmiddlewaretoken"]
        response = self.visitor.client.post(inside(path), {"csrfmiddlewaretoken": token} | values)
        return Document(response, path)

    def _landed(self, response: Any, path: str, follow: bool) -> Document:
        if follow and response.status_code == 302:
            return self.get(response["Location"])
        return Document(response, path)


def inside(address: str) -> str:
    """Return an address without the prefix of the site, which the test client adds."""
    parts = urlsplit(address)
    path = parts.path
    if path.startswith(settings.FORCE_SCRIPT_NAME + "/"):
        path = path.removeprefix(settings.FORCE_SCRIPT_NAME)
    return path + (f"?{parts.query}" if parts.query else "")


def query_of(address: str) -> dict[str, list[str]]:
    """Return the parameters of an address."""
    return parse_qs(urlsplit(address).query)


def values_of(form: Any) -> dict[str, Any]:
    """Return what a form sends when nothing is changed."""
    values: dict[str, Any] = {}
    own = ".//input[@name]|.//textarea[@name]|.//select[@name]"
    if form.get("id"):
        own += f"|//*[@form='{form.get('id')}'][@name]"
    for field in form.xpath(own):
        name = field.get("name")
        if field.tag == "select":
            chosen = field.xpath("./option[@selected]") or field.xpath("./option")[:1]
            values[name] = chosen[0].get("value", text_of(chosen[0])) if chosen else ""
        elif field.tag == "textarea":
            values[name] = (field.text or "").removeprefix("\n")
        elif field.get("type") == "checkbox":
            if field.get("checked") is not None:
                values.setdefault(name, []).append(field.get("value", "on"))
        else:
            values[name] = field.get("value", "")
    return values


def text_of(part: Any) -> str:
    """Return the text of an element, with single blanks."""
    return " ".join(part.text_content().split())
