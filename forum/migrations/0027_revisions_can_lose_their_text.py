from django.db import migrations

# A revision is written once. What a moderator may do later is take its text away, and with it the note and the difference, which
# repeat it; the difference of the change before it repeats it as well. Everything else is refused as before.
WRITTEN_ONCE = """
CREATE FUNCTION forum_revision_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.post_id, NEW.number, NEW.source_format, NEW.at, NEW.author_id, NEW.persona_id)
            IS DISTINCT FROM (OLD.id, OLD.post_id, OLD.number, OLD.source_format, OLD.at, OLD.author_id, OLD.persona_id)
        OR (NEW.body <> OLD.body AND (NEW.body <> '' OR NEW.removed_at IS NULL))
        OR (NEW.note <> OLD.note AND (NEW.note <> '' OR NEW.removed_at IS NULL))
        OR (NEW.diff <> OLD.diff AND NEW.diff <> '')
        OR (OLD.removed_at IS NOT NULL AND (NEW.removed_at, NEW.removed_by_id, NEW.removal_reason)
            IS DISTINCT FROM (OLD.removed_at, OLD.removed_by_id, OLD.removal_reason))
    THEN
        RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER insert_only ON forum_revision;
CREATE TRIGGER written_once BEFORE UPDATE ON forum_revision FOR EACH ROW EXECUTE FUNCTION forum_revision_written_once();
"""
INSERT_ONLY = """
DROP TRIGGER written_once ON forum_revision;
CREATE TRIGGER insert_only BEFORE UPDATE ON forum_revision FOR EACH ROW EXECUTE FUNCTION plenary_insert_only();
DROP FUNCTION forum_revision_written_once();
"""


class Migration(migrations.Migration):
    dependencies = [("forum", "0026_changes_of_posts")]

    operations = [migrations.RunSQL(WRITTEN_ONCE, INSERT_ONLY)]
