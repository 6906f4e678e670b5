"""The schema kdb_public: what everyone may read, as the role kdb_public sees it.

The views are security barriers: a function of the reader's own cannot look behind them.

The vocabulary is small and looked up for each record, in one value that is made once a query.
Joined to the tags of each record, it would leave the order of that join to the planner, who
without statistics of annotation_tag asks for every tag of the vocabulary in every record.
"""

from django.db import migrations

OBJECTS = """
CREATE VIEW kdb_public.objects WITH (security_barrier) AS
SELECT a.oid, a.release::text AS release,
    coalesce((
        SELECT string_agg(label->>1, '#' ORDER BY label) FROM (
            SELECT DISTINCT (
                SELECT jsonb_object_agg(s.id, jsonb_build_array(t."order", t.name))
                FROM tag s JOIN tag t ON t.id = coalesce(s.merged_into_id, s.id)
            ) -> g.tag_id::text AS label
            FROM annotation_tag g
            WHERE g.annotation_id = a.id) AS given), '') AS tags,
    a.text AS description,
    coalesce(u.public_name, a.author_name)::text AS author,
    a.created_at AT TIME ZONE 'UTC' AS changed_at,
    a.public_number AS annotations
FROM annotation_current c
    JOIN annotation a ON a.id = c.newest_public_id
    LEFT JOIN kdb_user u ON u.id = a.author_id
WHERE NOT a.deleted;
COMMENT ON VIEW kdb_public.objects IS 'current state of the public records, one row an OID';
"""

HISTORY = """
CREATE VIEW kdb_public.history WITH (security_barrier) AS
SELECT a.id AS annotation_id, a.oid, a.public_number AS number, a.release::text AS release,
    coalesce((
        SELECT string_agg(g.given_name, '#' ORDER BY (
            (SELECT jsonb_object_agg(id, "order") FROM tag) ->> g.tag_id::text)::int, g.given_name)
        FROM annotation_tag g
        WHERE g.annotation_id = a.id), '') AS tags,
    a.text AS description,
    coalesce(u.public_name, a.author_name)::text AS author,
    a.created_at AT TIME ZONE 'UTC' AS changed_at,
    a.deleted
FROM annotation a LEFT JOIN kdb_user u ON u.id = a.author_id
WHERE a.public;
COMMENT ON VIEW kdb_public.history IS 'all public records, numbered in sequence for each OID';
"""

TAGS = """
CREATE VIEW kdb_public.tags WITH (security_barrier) AS
SELECT t.name::text AS name, t.description, t."order" AS tag_order, t."group"::text AS tag_group,
    t.retired, m.name::text AS merged_into, coalesce(n.objects, 0) AS objects
FROM tag t LEFT JOIN tag m ON m.id = t.merged_into_id
    LEFT JOIN (
        SELECT coalesce(s.merged_into_id, s.id) AS id, count(DISTINCT a.oid) AS objects
        FROM annotation_current c
            JOIN annotation a ON a.id = c.newest_public_id
            JOIN annotation_tag g ON g.annotation_id = a.id
            JOIN tag s ON s.id = g.tag_id
        GROUP BY 1) AS n ON n.id = t.id;
COMMENT ON VIEW kdb_public.tags IS 'the vocabulary, with the number of objects of each tag';
"""

# The role is made with the database, which the owner of the tables may not do.
RIGHTS = """
DO $$
BEGIN
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'kdb_public') THEN
        GRANT USAGE ON SCHEMA kdb_public TO kdb_public;
        GRANT SELECT ON ALL TABLES IN SCHEMA kdb_public TO kdb_public;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    """Three views and the rights of the role that reads them."""

    dependencies = (("annotations", "0002_append_only"), ("accounts", "0001_initial"))
    operations = (
        migrations.RunSQL(
            "CREATE SCHEMA kdb_public;" + OBJECTS + HISTORY + TAGS + RIGHTS,
            "DROP SCHEMA kdb_public CASCADE",
        ),
    )
