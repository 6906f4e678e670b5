"""Rows are looked up one after the other: a join was planned by statistics of empty tables."""

from django.db import migrations

FOLLOW = """
CREATE OR REPLACE FUNCTION annotation_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head bigint;
    public_id bigint;
    public_head annotation%ROWTYPE;
BEGIN
    SELECT newest_id, newest_public_id INTO head, public_id
        FROM annotation_current WHERE oid = NEW.oid FOR UPDATE;
    IF NEW.previous_id IS DISTINCT FROM head THEN
        RAISE EXCEPTION 'annotation % is not the newest of %', NEW.previous_id, NEW.oid
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'annotation_one_after_another';
    END IF;
    SELECT * INTO public_head FROM annotation WHERE id = public_id;
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
    """The trigger of `0003_deletions`, which needs no plan of a join."""

    dependencies = (("annotations", "0003_deletions"),)
    operations = (migrations.RunSQL(FOLLOW, migrations.RunSQL.noop),)
