from django.db import migrations

FROZEN_OPTIONS = """
CREATE OR REPLACE FUNCTION plenary_option_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE consultations bigint[] := ARRAY[CASE WHEN TG_OP = 'INSERT' THEN NEW.consultation_id ELSE OLD.consultation_id END,
                                        CASE WHEN TG_OP = 'DELETE' THEN OLD.consultation_id ELSE NEW.consultation_id END];
BEGIN
    IF EXISTS (SELECT FROM consultation_consultation WHERE id = ANY(consultations) AND opened_at IS NOT NULL) THEN
        IF TG_OP <> 'UPDATE' OR to_jsonb(NEW) - 'fate' - 'because' <> to_jsonb(OLD) - 'fate' - 'because' THEN
            RAISE EXCEPTION 'options do not change once opened' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""

# What was sent is never rewritten: only whether it is the current one, and only from yes to no.
RESPONSES = """
CREATE FUNCTION plenary_response_stays_as_sent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'is_current' <> to_jsonb(OLD) - 'is_current' OR (NEW.is_current AND NOT OLD.is_current) THEN
        RAISE EXCEPTION 'a response stays as it was sent' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stays_as_sent BEFORE UPDATE ON consultation_response
    FOR EACH ROW EXECUTE FUNCTION plenary_response_stays_as_sent();
"""


class Migration(migrations.Migration):
    dependencies = [("consultation", "0002_promises_held_by_the_database")]

    operations = [
        migrations.RunSQL(FROZEN_OPTIONS, migrations.RunSQL.noop),
        migrations.RunSQL(
            RESPONSES,
            "DROP TRIGGER stays_as_sent ON consultation_response; DROP FUNCTION plenary_response_stays_as_sent()",
        ),
    ]
