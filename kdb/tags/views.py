"""Tags over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache import cache
from django.db import IntegrityError, connection
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from kdb.accounts.permissions import MayEditTags, ReadOrWrite, is_member
from kdb.config.conditional import LastModified
from kdb.config.errors import Conflict
from kdb.config.filters import refuse_unknown
from kdb.config.rendering import CSVRenderer
from kdb.tags import edit
from kdb.tags.find import UnknownTag, family
from kdb.tags.models import Tag
from kdb.tags.serializers import (
    CountedTagSerializer,
    EditTagSerializer,
    MergeSerializer,
    TagEventSerializer,
    TagSerializer,
)

COUNTS = """
SELECT coalesce(s.merged_into_id, s.id), count(DISTINCT g.annotation_id)
FROM annotation_current c JOIN annotation_tag g ON g.annotation_id = {pointer}
    JOIN tag s ON s.id = g.tag_id
GROUP BY 1
"""

NEWEST = "SELECT (SELECT max(id) FROM annotation), (SELECT max(id) FROM tag_event)"


class _View(ReadOrWrite, LastModified, GenericAPIView[Tag]):
    """What all views of tags share."""

    writing: type[BasePermission] = MayEditTags
    queryset = Tag.objects.select_related("merged_into")
    serializer_class: Any = TagSerializer
    pagination_class = None
    filter_backends = ()

    def find(self, name: str) -> Tag:
        """Find a tag by name."""
        tag = self.get_queryset().filter(name=name).first()
        if tag is None:
            try:
                family(name)
            except UnknownTag as error:
                raise NotFound(str(error)) from error
            raise NotFound
        return tag


class TagList(_View):
    """The vocabulary."""

    renderer_classes = (JSONRenderer, CSVRenderer)
    serializer_class = CountedTagSerializer
    csv_columns = ("name", "description", "order", "group", "retired", "merged_into", "objects")

    @extend_schema(
        operation_id="tags_list",
        summary="The vocabulary",
        parameters=[OpenApiParameter("counts", bool, description="Count the objects of each.")],
        responses=CountedTagSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """All tags in their order, retired and merged ones among them."""
        refuse_unknown(request, {"counts", "format"})
        asked = request.query_params.get("counts", "false")
        if asked not in ("true", "false"):
            raise ParseError(f"counts={asked!r} is neither true nor false.")
        counts = count_objects(is_member(request)) if asked == "true" else None
        context = self.get_serializer_context() | {"counts": counts}
        rows = CountedTagSerializer(self.get_queryset(), many=True, context=context)
        return Response(rows.data)

    @extend_schema(
        operation_id="tags_create",
        summary="Add a tag",
        request=EditTagSerializer,
        responses={201: TagSerializer},
    )
    def post(self, request: Request) -> Response:
        """Add a tag; for tag editors."""
        new = EditTagSerializer(data=request.data)
        new.is_valid(raise_exception=True)
        with _name_taken():
            tag = edit.create(request.user, **new.validated_data)
        return Response(TagSerializer(tag).data, status=201)


class TagDetail(_View):
    """One tag."""

    @extend_schema(operation_id="tags_retrieve", summary="One tag")
    def get(self, request: Request, name: str) -> Response:
        """One tag by name."""
        return Response(TagSerializer(self.find(name)).data)

    @extend_schema(
        operation_id="tags_change",
        summary="Rename, describe, order, retire or restore a tag",
        request=EditTagSerializer(partial=True),
        responses=TagSerializer,
    )
    def patch(self, request: Request, name: str) -> Response:
        """Change what is given, for tag editors; the history keeps the names given then."""
        tag = self.find(name)
        change = EditTagSerializer(tag, data=request.data, partial=True)
        change.is_valid(raise_exception=True)
        with _name_taken():
            tag = edit.change(request.user, tag.pk, **change.validated_data)
        return Response(TagSerializer(tag).data)


class TagMerge(_View):
    """Merging."""

    serializer_class = MergeSerializer

    @extend_schema(
        operation_id="tags_merge",
        summary="Merge a tag into another",
        request=MergeSerializer,
        responses=TagSerializer,
    )
    def post(self, request: Request, name: str) -> Response:
        """Let this tag count as another, for tag editors; the history keeps what was given."""
        tag = self.find(name)
        question = MergeSerializer(data=request.data)
        question.is_valid(raise_exception=True)
        try:
            tag = edit.merge(request.user, tag.pk, question.validated_data["into"].pk)
        except edit.CannotMerge as error:
            raise Conflict(str(error)) from error
        return Response(TagSerializer(tag).data)


class TagLog(_View):
    """The log of a tag."""

    serializer_class = TagEventSerializer

    @extend_schema(
        operation_id="tags_log", summary="Log of a tag", responses=TagEventSerializer(many=True)
    )
    def get(self, request: Request, name: str) -> Response:
        """What became of a tag, oldest first."""
        events = self.find(name).events.select_related("actor")
        return Response(TagEventSerializer(events, many=True).data)


def count_objects(member: bool) -> dict[int, int]:
    """Return the number of objects that have each tag now, by its id."""
    pointer = "c.newest_id" if member else "c.newest_public_id"
    with connection.cursor() as cursor:
        cursor.execute(NEWEST)
        newest = cursor.fetchone()
        key = f"tag-counts-{member}-{newest[0]}-{newest[1]}"
        counts = cache.get(key)
        if counts is None:
            cursor.execute(COUNTS.format(pointer=pointer))
            counts = dict(cursor.fetchall())
            # For a minute only: transactions under way may yet add records with lower ids.
            cache.set(key, counts, 60)
    return counts


@contextmanager
def _name_taken() -> Iterator[None]:
    # Two editors chose one name at a time: the second is told.
    try:
        yield
    except IntegrityError as error:
        raise Conflict("Another tag got this name just now.") from error
