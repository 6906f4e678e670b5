"""Addresses of login, tokens and users."""

from django.urls import path

from kdb.accounts import views

urlpatterns = [
    path("whoami/", views.Whoami.as_view(), name="whoami"),
    path("session/", views.Session.as_view(), name="session"),
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", views.Logout.as_view(), name="logout"),
    path("password/", views.Password.as_view(), name="password"),
    path("tokens/", views.Tokens.as_view(), name="tokens"),
    path("tokens/<str:name>/", views.TokenDetail.as_view(), name="token"),
    path("users/", views.UserList.as_view(), name="users"),
    path("users/<str:login>/", views.UserDetail.as_view(), name="user"),
    path("users/<str:login>/password/", views.UserPassword.as_view(), name="user-password"),
]
