from django.db import migrations

# A version after the first is published while its consultation is open, after somebody else than its author approved it.
REVIEWED = """
CREATE FUNCTION plenary_version_is_reviewed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.published_at IS NULL OR NEW.number = 1 OR (TG_OP = 'UPDATE' AND OLD.published_at IS NOT NULL) THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
        SELECT FROM consultation_review
        WHERE version_id = NEW.id AND approved AND ended_at IS NULL AND decided_by_id <> NEW.started_by_id
    ) THEN
        RAISE EXCEPTION 'a version is published after a second person approved it' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT EXISTS (
        SELECT FROM consultation_consultation
        WHERE id = NEW.consultation_id AND opened_at IS NOT NULL AND closed_at IS NULL AND withdrawn_at IS NULL
    ) THEN
        RAISE EXCEPTION 'a version is published while its consultation is open' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER is_reviewed BEFORE INSERT OR UPDATE ON consultation_version
    FOR EACH ROW EXECUTE FUNCTION plenary_version_is_reviewed();
"""


class Migration(migrations.Migration):
    dependencies = [("consultation", "0070_versions_after_the_opening")]

    operations = [
        migrations.RunSQL(
            REVIEWED, "DROP TRIGGER is_reviewed ON consultation_version; DROP FUNCTION plenary_version_is_reviewed()"
        )
    ]
