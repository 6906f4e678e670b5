"""The log of tags is append-only; the function serves the tables of annotations, too."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION kdb_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Maintenance by hand is the superuser's, whom the service does not connect as.
    IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION 'rows of % are only ever added (% refused)', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON tag_event
    FOR EACH ROW EXECUTE FUNCTION kdb_refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON tag_event
    FOR EACH STATEMENT EXECUTE FUNCTION kdb_refuse_change();
"""

BACKWARD = """
DROP TRIGGER no_truncate ON tag_event;
DROP TRIGGER append_only ON tag_event;
DROP FUNCTION kdb_refuse_change();
"""


class Migration(migrations.Migration):
    """Triggers of tag_event."""

    dependencies = (("tags", "0001_initial"),)
    operations = (migrations.RunSQL(FORWARD, BACKWARD),)
