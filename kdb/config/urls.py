"""Addresses, below the prefix of the site."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

API = [
    path("", include("kdb.accounts.urls")),
    path("", include("kdb.tags.urls")),
    path("", include("kdb.annotations.urls")),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
]

urlpatterns = [path("api/v1/", include(API)), path("", include("kdb.pages.urls"))]

handler400 = "kdb.config.errors.malformed"
handler403 = "kdb.config.errors.forbidden"
handler404 = "kdb.config.errors.not_found"
handler500 = "kdb.config.errors.failed"
