from django.db import migrations

# A revision is written once, and a moderator may take its text away. Where an account is erased, the name of its owner goes out of
# what others wrote, also out of what they wrote before: `plenary.erasing`, a setting of one transaction, opens its texts for that.
FUNCTION = """
CREATE OR REPLACE FUNCTION forum_revision_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    erasing boolean := COALESCE(current_setting('plenary.erasing', true), '') = 'on' AND OLD.removed_at IS NULL;
BEGIN
    IF (NEW.id, NEW.post_id, NEW.number, NEW.source_format, NEW.at, NEW.author_id, NEW.persona_id)
            IS DISTINCT FROM (OLD.id, OLD.post_id, OLD.number, OLD.source_format, OLD.at, OLD.author_id, OLD.persona_id)
        OR (NOT erasing AND NEW.body <> OLD.body AND (NEW.body <> '' OR NEW.removed_at IS NULL))
        OR (NOT erasing AND NEW.note <> OLD.note AND (NEW.note <> '' OR NEW.removed_at IS NULL))
        OR (NOT erasing AND NEW.diff <> OLD.diff AND NEW.diff <> '')
        OR (OLD.removed_at IS NOT NULL AND (NEW.removed_at, NEW.removed_by_id, NEW.removal_reason)
            IS DISTINCT FROM (OLD.removed_at, OLD.removed_by_id, OLD.removal_reason))
    THEN
        RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION forum_revision_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("forum", "0080_levels_of_a_reader")]

    operations = [migrations.RunSQL(FUNCTION, BEFORE)]
