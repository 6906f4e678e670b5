"""Annotations and objects over HTTP."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from kdb.accounts.permissions import MayAnnotate, MayAsk, ReadOrWrite, is_member
from kdb.annotations.actions import states, write
from kdb.annotations.changes import changes
from kdb.annotations.filters import AnnotationFilter
from kdb.annotations.models import Annotation
from kdb.annotations.oid import InvalidOID, parse_oid
from kdb.annotations.select import current_annotations, visible_annotations
from kdb.annotations.serializers import (
    AnnotationSerializer,
    AnswersSerializer,
    LogEntrySerializer,
    NewAnnotationSerializer,
    ObjectSerializer,
    QuestionSerializer,
    StateSerializer,
)
from kdb.config.conditional import LastModified
from kdb.config.filters import refuse_unknown
from kdb.config.rendering import CSVRenderer
from kdb.config.serializing import ConflictSerializer, checked

OID_PARAMETER = OpenApiParameter("oid", OpenApiTypes.INT64, OpenApiParameter.PATH)


class _View(GenericAPIView[Annotation]):
    """What all views of annotations share."""

    serializer_class: Any = AnnotationSerializer
    queryset = Annotation.objects.none()
    filterset_class: Any = None

    @property
    def member(self) -> bool:
        """Whether the visitor is logged in."""
        return is_member(self.request)

    def get_serializer_context(self) -> dict[str, Any]:
        return super().get_serializer_context() | {"member": self.member}


class Sorted:
    """A view of a list of annotations: how it is sorted."""

    request: Any
    ordering = "-changed_at"

    @property
    def orderings(self) -> dict[str, str]:
        """What can be sorted by, and the model's field for it."""
        number = "number" if is_member(self.request) else "public_number"
        return {"changed_at": "created_at", "oid": "oid", "annotations": number}


class _List(Sorted, LastModified, _View):
    """A list with filters, in pages."""

    renderer_classes = (JSONRenderer, CSVRenderer)
    filterset_class = AnnotationFilter

    def page(self, rows: QuerySet[Annotation]) -> Response:
        """Answer a page of the rows that the filters leave."""
        page = self.paginate_queryset(self.filter_queryset(rows))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class AnnotationList(ReadOrWrite, _List):
    """All annotations: the history of all objects."""

    writing: type[BasePermission] = MayAnnotate
    csv_columns = (
        "id", "oid", "number", "release", "tags", "description", "author", "changed_at", "public",
        "deleted",
    )  # fmt: skip

    @extend_schema(
        operation_id="annotations_list",
        summary="List annotations",
        responses=AnnotationSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """All annotations you may see, newest first; deletions are among them."""
        return self.page(visible_annotations(self.member))

    @extend_schema(
        operation_id="annotations_create",
        summary="Annotate an object, or delete what is recorded",
        request=NewAnnotationSerializer,
        responses={
            201: AnnotationSerializer,
            409: OpenApiResponse(ConflictSerializer, "A newer annotation, which the answer has."),
        },
    )
    def post(self, request: Request) -> Response:
        """Add an annotation; `based_on` is the OID's newest one, as `objects` gives it."""
        made = write(request.user, request.data)
        row = visible_annotations(self.member).get(pk=made.pk)
        return Response(self.get_serializer(row).data, status=201)


class AnnotationDetail(_View):
    """One annotation."""

    @extend_schema(operation_id="annotations_retrieve", summary="One annotation")
    def get(self, request: Request, pk: int) -> Response:
        """One annotation of the history."""
        row = visible_annotations(self.member).filter(pk=pk).first() if pk < 2**63 else None
        if row is None:
            raise Http404
        return Response(self.get_serializer(row).data)


class ObjectList(_List):
    """The current state of all annotated objects."""

    serializer_class = ObjectSerializer
    csv_columns = (
        "oid", "release", "tags", "description", "author", "changed_at", "public", "annotation",
        "annotations",
    )  # fmt: skip

    @extend_schema(
        operation_id="objects_list",
        summary="List annotated objects",
        responses=ObjectSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """What is recorded now, without objects whose records were deleted."""
        return self.page(current_annotations(self.member))


class ObjectQuery(_View):
    """Many OIDs at once."""

    serializer_class = StateSerializer
    permission_classes = (MayAsk,)

    @extend_schema(
        operation_id="objects_query_get",
        summary="Many OIDs at once",
        parameters=[OpenApiParameter("oid", OpenApiTypes.INT64, required=True, many=True)],
        responses=AnswersSerializer,
    )
    def get(self, request: Request) -> Response:
        """State and siblings of each `oid` given."""
        refuse_unknown(request.query_params, {"oid", "format"})
        return self._answer({"oids": request.query_params.getlist("oid")})

    @extend_schema(
        operation_id="objects_query_post",
        summary="Many OIDs at once",
        request=QuestionSerializer,
        responses=AnswersSerializer,
    )
    def post(self, request: Request) -> Response:
        """State and siblings of each of the `oids` given."""
        return self._answer(request.data)

    def _answer(self, data: Any) -> Response:
        asked = checked(QuestionSerializer(data=data))["oids"]
        return Response({"results": states(asked, self.member)})


@extend_schema(parameters=[OID_PARAMETER])
class ObjectDetail(_View):
    """One OID."""

    serializer_class = StateSerializer

    @extend_schema(operation_id="objects_retrieve", summary="One OID")
    def get(self, request: Request, oid: str) -> Response:
        """Current state of an OID, and what is recorded for the other OIDs of its star."""
        return Response(states([_read_oid(oid)], self.member)[0])


@extend_schema(parameters=[OID_PARAMETER])
class ObjectHistory(_List):
    """All annotations of an OID."""

    csv_columns = AnnotationList.csv_columns
    filterset_class = None
    ordering = "number"

    @property
    def orderings(self) -> dict[str, str]:
        """The sequence is the sorting."""
        return {"number": "number" if self.member else "public_number"}

    @extend_schema(
        operation_id="objects_history",
        summary="History of an OID",
        responses=AnnotationSerializer(many=True),
    )
    def get(self, request: Request, oid: str) -> Response:
        """All annotations of an OID, oldest first, with the tags as they were given."""
        return self.page(visible_annotations(self.member).filter(oid=_read_oid(oid)))


@extend_schema(parameters=[OID_PARAMETER])
class ObjectLog(LastModified, _View):
    """What each annotation of an OID changed."""

    serializer_class = LogEntrySerializer
    pagination_class = None

    @extend_schema(
        operation_id="objects_log",
        summary="Log of an OID",
        responses=LogEntrySerializer(many=True),
    )
    def get(self, request: Request, oid: str) -> Response:
        """What each annotation of an OID changed, oldest first."""
        rows = visible_annotations(self.member).filter(oid=_read_oid(oid)).order_by("number")
        return Response(self.get_serializer(changes(rows, self.member), many=True).data)


def _read_oid(text: str) -> int:
    try:
        return parse_oid(text)
    except InvalidOID as error:
        raise ParseError(str(error)) from error
