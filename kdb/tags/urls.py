"""Addresses of tags."""

from django.urls import path

from kdb.tags import views

urlpatterns = [
    path("tags/", views.TagList.as_view(), name="tags"),
    path("tags/<str:name>/", views.TagDetail.as_view(), name="tag"),
    path("tags/<str:name>/merge/", views.TagMerge.as_view(), name="tag-merge"),
    path("tags/<str:name>/log/", views.TagLog.as_view(), name="tag-log"),
]
