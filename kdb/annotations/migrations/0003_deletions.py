"""A deletion is public where it deletes what everyone sees, and only there."""

from django.db import migrations

FOLLOW = """
CREATE OR REPLACE FUNCTION annotation_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head bigint;
    public_head annotation%ROWTYPE;
BEGIN
    SELECT newest_id INTO head FROM annotation_current WHERE oid = NEW.oid FOR UPDATE;
    IF NEW.previous_id IS DISTINCT FROM head THEN
        RAISE EXCEPTION 'annotation % is not the newest of %', NEW.previous_id, NEW.oid
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'annotation_one_after_another';
    END IF;
    SELECT annotation.* INTO public_head FROM annotation
        JOIN annotation_current AS c ON c.newest_public_id = annotation.id WHERE c.oid = NEW.oid;
    -- What everyone sees is deleted for everyone; where it was deleted before, nobody sees more.
    NEW.public := NEW.public OR (NEW.deleted AND public_head.id IS NOT NULL
        AND NOT public_head.deleted);
    NEW.number := 1 + coalesce((SELECT number FROM annotation WHERE id = head), 0);
    NEW.public_number := CASE WHEN NEW.public THEN 1 + coalesce(public_head.public_number, 0) END;
    NEW.recorded_at := clock_timestamp();
    INSERT INTO annotation_current AS c (oid, newest_id, newest_public_id)
        VALUES (NEW.oid, NEW.id, CASE WHEN NEW.public THEN NEW.id END)
        ON CONFLICT (oid) DO UPDATE SET newest_id = EXCLUDED.newest_id,
            newest_public_id = coalesce(EXCLUDED.newest_public_id, c.newest_public_id);
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    """The trigger of `0002_append_only` with another rule for deletions."""

    dependencies = (("annotations", "0002_append_only"),)
    operations = (migrations.RunSQL(FOLLOW, migrations.RunSQL.noop),)
