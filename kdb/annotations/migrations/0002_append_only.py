"""Each annotation builds on the newest of its OID; what is recorded stays as it is."""

from django.db import migrations

FOLLOW = """
CREATE FUNCTION annotation_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    head bigint;
    public_head bigint;
    published integer;
BEGIN
    SELECT newest_id, newest_public_id INTO head, public_head
        FROM annotation_current WHERE oid = NEW.oid FOR UPDATE;
    IF NEW.previous_id IS DISTINCT FROM head THEN
        RAISE EXCEPTION 'annotation % is not the newest of %', NEW.previous_id, NEW.oid
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'annotation_one_after_another';
    END IF;
    SELECT public_number INTO published FROM annotation WHERE id = public_head;
    -- What everyone saw is deleted for everyone.
    NEW.public := NEW.public OR (NEW.deleted AND public_head IS NOT NULL);
    NEW.number := 1 + coalesce((SELECT number FROM annotation WHERE id = head), 0);
    NEW.public_number := CASE WHEN NEW.public THEN 1 + coalesce(published, 0) END;
    NEW.recorded_at := clock_timestamp();
    INSERT INTO annotation_current AS c (oid, newest_id, newest_public_id)
        VALUES (NEW.oid, NEW.id, CASE WHEN NEW.public THEN NEW.id END)
        ON CONFLICT (oid) DO UPDATE SET newest_id = EXCLUDED.newest_id,
            newest_public_id = coalesce(EXCLUDED.newest_public_id, c.newest_public_id);
    RETURN NEW;
END $$;
CREATE TRIGGER follow BEFORE INSERT ON annotation
    FOR EACH ROW EXECUTE FUNCTION annotation_follow();
"""

TAGS = """
CREATE FUNCTION annotation_tag_fits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM annotation_tag WHERE annotation_id = NEW.annotation_id)
            >= (SELECT tag_count FROM annotation WHERE id = NEW.annotation_id) THEN
        RAISE EXCEPTION 'annotation % has all its tags', NEW.annotation_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.given_name = '' THEN
        NEW.given_name := (SELECT name FROM tag WHERE id = NEW.tag_id);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fits BEFORE INSERT ON annotation_tag
    FOR EACH ROW EXECUTE FUNCTION annotation_tag_fits();

CREATE FUNCTION annotation_complete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM annotation_tag WHERE annotation_id = NEW.id) <> NEW.tag_count THEN
        RAISE EXCEPTION 'annotation % lacks some of its % tags', NEW.id, NEW.tag_count
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER complete AFTER INSERT ON annotation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION annotation_complete();
"""

GUARD = """
CREATE FUNCTION annotation_current_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2
            AND NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
        RAISE EXCEPTION 'annotation_current follows annotation and is not written to'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON annotation_current
    FOR EACH ROW EXECUTE FUNCTION annotation_current_guard();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON annotation
    FOR EACH ROW EXECUTE FUNCTION kdb_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON annotation_tag
    FOR EACH ROW EXECUTE FUNCTION kdb_refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON annotation
    FOR EACH STATEMENT EXECUTE FUNCTION kdb_refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON annotation_tag
    FOR EACH STATEMENT EXECUTE FUNCTION kdb_refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON annotation_current
    FOR EACH STATEMENT EXECUTE FUNCTION kdb_refuse_change();
"""

BACKWARD = """
DROP TRIGGER no_truncate ON annotation_current;
DROP TRIGGER no_truncate ON annotation_tag;
DROP TRIGGER no_truncate ON annotation;
DROP TRIGGER append_only ON annotation_tag;
DROP TRIGGER append_only ON annotation;
DROP TRIGGER guard ON annotation_current;
DROP TRIGGER complete ON annotation;
DROP TRIGGER fits ON annotation_tag;
DROP TRIGGER follow ON annotation;
DROP FUNCTION annotation_current_guard();
DROP FUNCTION annotation_complete();
DROP FUNCTION annotation_tag_fits();
DROP FUNCTION annotation_follow();
"""


class Migration(migrations.Migration):
    """Triggers of the annotations' tables."""

    dependencies = (("annotations", "0001_initial"), ("tags", "0002_append_only"))
    operations = (migrations.RunSQL(FOLLOW + TAGS + GUARD, BACKWARD),)
