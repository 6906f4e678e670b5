"""Records of the knowledge database under test."""

from __future__ import annotations

from django.db import connection

from kdb.accounts.models import Role, User
from kdb.annotations.models import Annotation
from kdb.annotations.select import author_of, names_given
from kdb.tags import edit
from support import kdb


def make_people(password_hash):
    """Make one user of each role, and a second expert; returns them by role."""
    return {
        role: User.objects.create(
            login=f"{role}@example.org",
            public_name=f"The {role}",
            email=f"{role}@example.org",
            role=Role(role.removeprefix("other_")),
            password=password_hash,
        )
        for role in (*kdb.ROLES[1:], "other_expert")
    }


def make_tags():
    """Make some tags of the vocabulary, by name; the order is not that of the alphabet."""
    names = ("artefact", "ghost", "VAR", "SN", "uncertain", "EA")
    return {
        name: edit.create(None, name=name, order=10 * place) for place, name in enumerate(names)
    }


def remove_all():
    """Empty the tables of the database under test, of what was committed."""
    connection.close()
    with kdb.psycopg.connect(kdb.dsn(kdb.NAME, "postgres")) as superuser:
        superuser.execute(
            "TRUNCATE annotation, annotation_tag, annotation_current, tag, tag_event, kdb_user,"
            " kdb_token, django_session, axes_accessattempt, neighbours CASCADE"
        )


def history(oid):
    """Names of tags, text, author, time and release of each state of an object."""
    rows = Annotation.objects.filter(oid=oid).order_by("number")
    return [(names_given(row), row.text, author_of(row), row.created_at, row.release)
            for row in rows]  # fmt: skip
