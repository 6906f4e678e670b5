"""Addresses of annotations and objects."""

from django.urls import path

from kdb.annotations import views

urlpatterns = [
    path("annotations/", views.AnnotationList.as_view(), name="annotations"),
    path("annotations/<int:pk>/", views.AnnotationDetail.as_view(), name="annotation"),
    path("objects/", views.ObjectList.as_view(), name="objects"),
    path("objects/query/", views.ObjectQuery.as_view(), name="objects-query"),
    path("objects/<str:oid>/", views.ObjectDetail.as_view(), name="object"),
    path("objects/<str:oid>/history/", views.ObjectHistory.as_view(), name="object-history"),
    path("objects/<str:oid>/log/", views.ObjectLog.as_view(), name="object-log"),
]
