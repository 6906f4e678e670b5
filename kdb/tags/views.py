"""Tags over HTTP."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from kdb.accounts.permissions import MayEditTags, ReadOrWrite, is_member
from kdb.config.conditional import LastModified
from kdb.config.filters import refuse_unknown
from kdb.config.rendering import CSVRenderer
from kdb.tags import actions
from kdb.tags.models import Tag
from kdb.tags.serializers import (
    CountedTagSerializer,
    EditTagSerializer,
    MergeSerializer,
    TagEventSerializer,
    TagSerializer,
)


class _View(ReadOrWrite, LastModified, GenericAPIView[Tag]):
    """What all views of tags share."""

    writing: type[BasePermission] = MayEditTags
    queryset = Tag.objects.none()
    serializer_class: Any = TagSerializer
    pagination_class = None
    filter_backends = ()


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
        refuse_unknown(request.query_params, {"counts", "format"})
        asked = request.query_params.get("counts", "false")
        if asked not in ("true", "false"):
            raise ParseError(f"counts={asked!r} is neither true nor false.")
        counts = actions.count_objects(is_member(request)) if asked == "true" else None
        return Response(actions.vocabulary(counts))

    @extend_schema(
        operation_id="tags_create",
        summary="Add a tag",
        request=EditTagSerializer,
        responses={201: TagSerializer},
    )
    def post(self, request: Request) -> Response:
        """Add a tag; for tag editors."""
        tag = actions.add_tag(request.user, request.data)
        return Response(TagSerializer(tag).data, status=201)


class TagDetail(_View):
    """One tag."""

    @extend_schema(operation_id="tags_retrieve", summary="One tag")
    def get(self, request: Request, name: str) -> Response:
        """One tag by name."""
        return Response(TagSerializer(actions.find_tag(name)).data)

    @extend_schema(
        operation_id="tags_change",
        summary="Rename, describe, order, retire or restore a tag",
        request=EditTagSerializer(partial=True),
        responses=TagSerializer,
    )
    def patch(self, request: Request, name: str) -> Response:
        """Change what is given, for tag editors; the history keeps the names given then."""
        tag = actions.change_tag(request.user, name, request.data)
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
        tag = actions.merge_tag(request.user, name, request.data)
        return Response(TagSerializer(tag).data)


class TagLog(_View):
    """The log of a tag."""

    serializer_class = TagEventSerializer

    @extend_schema(
        operation_id="tags_log", summary="Log of a tag", responses=TagEventSerializer(many=True)
    )
    def get(self, request: Request, name: str) -> Response:
        """What became of a tag, oldest first."""
        return Response(actions.log_of(name))
