"""The description of the API, and its pages."""

from __future__ import annotations

import re

import pytest
from django.contrib.staticfiles import finders
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from support.kdb import new_oid

PATHS = {
    "annotations/": {"get", "post"},
    "annotations/{id}/": {"get"},
    "login/": {"get", "post"},
    "logout/": {"post"},
    "objects/": {"get"},
    "objects/query/": {"get", "post"},
    "objects/{oid}/": {"get"},
    "objects/{oid}/history/": {"get"},
    "objects/{oid}/log/": {"get"},
    "password/": {"post"},
    "tags/": {"get", "post"},
    "tags/{name}/": {"get", "patch"},
    "tags/{name}/log/": {"get"},
    "tags/{name}/merge/": {"post"},
    "tokens/": {"get", "post"},
    "tokens/{name}/": {"delete"},
    "users/": {"get", "post"},
    "users/{login}/": {"get", "patch"},
    "users/{login}/password/": {"post"},
    "session/": {"get"},
    "whoami/": {"get"},
}


@pytest.fixture(scope="module")
def schema():
    return SchemaGenerator().get_schema(request=None, public=True)


def test_the_schema_is_openapi_and_names_every_address(schema):
    validate_schema(schema)
    found = {
        path.removeprefix("/kdb/api/v1/"): {*operations}
        for path, operations in schema["paths"].items()
    }
    assert found == PATHS


def test_every_operation_has_a_summary_and_every_parameter_a_description(schema):
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (path, method)
            for parameter in operation.get("parameters", ()):
                known = parameter["in"] == "path" or parameter.get("description")
                assert known or parameter["name"] in ("oid", "format"), (path, parameter["name"])


def test_the_filters_are_described_as_they_are_taken(schema):
    (path,) = [path for path in schema["paths"] if path.endswith("/v1/objects/")]
    parameters = {row["name"]: row for row in schema["paths"][path]["get"]["parameters"]}
    assert set(parameters) == {
        "all_tags", "author", "changed_after", "changed_before", "cursor", "format", "not_tag",
        "oid", "ordering", "page_size", "public", "release", "tag", "text",
    }  # fmt: skip
    for name in ("tag", "all_tags", "not_tag", "oid"):
        assert parameters[name]["schema"]["type"] == "array"
    assert parameters["changed_after"]["schema"]["format"] == "date-time"


@pytest.mark.parametrize(
    ("component", "path"),
    [("Annotation", "annotations/"), ("Object", "objects/"), ("CountedTag", "tags/")],
)
def test_answers_have_the_fields_the_schema_tells(schema, expert, tags, component, path):
    expert.annotate(new_oid(), "SN")
    answer = expert.get(path).json()
    row = answer["results"][0] if isinstance(answer, dict) else answer[0]
    assert set(row) == set(schema["components"]["schemas"][component]["properties"])


def test_the_documentation_needs_nothing_from_elsewhere_and_no_script_in_the_page(anyone):
    page = anyone.get("docs/")
    assert (page.status_code, page["Content-Type"]) == (200, "text/html; charset=utf-8")
    text = page.content.decode()
    files = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert all(file.startswith("/kdb/") for file in files)
    static = [file.removeprefix("/kdb/static/") for file in files if "/static/" in file]
    assert len(static) >= 3
    assert all(finders.find(file) for file in static)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
