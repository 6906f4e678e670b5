"""Addresses of the pages."""

from django.urls import path

from kdb.pages.views import objects, people, queue, record, vocabulary

app_name = "pages"
urlpatterns = [
    path("", objects.Objects.as_view(), name="objects"),
    path("objects/<str:oid>", record.Record.as_view(), name="record"),
    path("objects/<str:oid>/delete", record.Delete.as_view(), name="delete"),
    path("queue", queue.Start.as_view(), name="queue"),
    path("queue/list", queue.Offer.as_view(), name="queue-list"),
    path("queue/<int:place>", queue.Place.as_view(), name="place"),
    path("tags", vocabulary.Vocabulary.as_view(), name="tags"),
    path("tags-order", vocabulary.Orders.as_view(), name="orders"),
    path("tags/<str:name>", vocabulary.OneTag.as_view(), name="tag"),
    path("tags/<str:name>/merge", vocabulary.Merge.as_view(), name="merge"),
    path("tags/<str:name>/retire", vocabulary.Retire.as_view(), name="retire"),
    path("login", people.Login.as_view(), name="login"),
    path("logout", people.Logout.as_view(), name="logout"),
    path("account", people.Account.as_view(), name="account"),
    path("account/password", people.Password.as_view(), name="password"),
    path("account/tokens/<str:name>/revoke", people.Revoke.as_view(), name="revoke"),
    path("users", people.Users.as_view(), name="users"),
    path("users/<str:login>", people.OneUser.as_view(), name="user"),
    path("users/<str:login>/password", people.NewPassword.as_view(), name="user-password"),
]
