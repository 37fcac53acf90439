from django.db import migrations

KEEPS_ITS_WORD = """
CREATE FUNCTION plenary_consultation_keeps_its_word() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.opened_at IS NULL THEN RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END; END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a consultation that was opened is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.opened_at IS DISTINCT FROM OLD.opened_at OR NEW.identity_mode <> OLD.identity_mode THEN
        RAISE EXCEPTION 'opening and identity mode are fixed once opened' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.closes_at < OLD.closes_at OR (NEW.closes_at <> OLD.closes_at AND OLD.closed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a consultation may be extended while open, never shortened' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.published_at IS NOT NULL AND NEW.published_at IS DISTINCT FROM OLD.published_at)
       OR (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at)
       OR (OLD.closed_at IS NOT NULL AND NEW.closed_at IS DISTINCT FROM OLD.closed_at) THEN
        RAISE EXCEPTION 'a step once taken is not taken back' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keeps_its_word BEFORE UPDATE OR DELETE ON consultation_consultation
    FOR EACH ROW EXECUTE FUNCTION plenary_consultation_keeps_its_word();
"""

# A row of a published questionnaire: `version_id` is found for choices through their question.
FROZEN_QUESTIONNAIRE = """
CREATE FUNCTION plenary_version_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published version does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER frozen_when_published BEFORE UPDATE OR DELETE ON consultation_version
    FOR EACH ROW EXECUTE FUNCTION plenary_version_is_frozen();

CREATE FUNCTION plenary_questionnaire_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE row_id bigint; version_ids bigint[];
BEGIN
    IF TG_TABLE_NAME = 'consultation_choice' THEN
        SELECT array_agg(version_id) INTO version_ids FROM consultation_question
        WHERE id IN (CASE WHEN TG_OP = 'INSERT' THEN NEW.question_id ELSE OLD.question_id END,
                     CASE WHEN TG_OP = 'DELETE' THEN OLD.question_id ELSE NEW.question_id END);
    ELSE
        version_ids := ARRAY[CASE WHEN TG_OP = 'INSERT' THEN NEW.version_id ELSE OLD.version_id END,
                             CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END];
    END IF;
    IF EXISTS (SELECT FROM consultation_version WHERE id = ANY(version_ids) AND published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a published version does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""

FROZEN_OPTIONS = """
CREATE FUNCTION plenary_option_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE the_consultation bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.consultation_id ELSE OLD.consultation_id END;
BEGIN
    IF EXISTS (SELECT FROM consultation_consultation WHERE id = the_consultation AND opened_at IS NOT NULL) THEN
        IF TG_OP <> 'UPDATE' OR to_jsonb(NEW) - 'fate' - 'because' <> to_jsonb(OLD) - 'fate' - 'because' THEN
            RAISE EXCEPTION 'options do not change once opened' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER frozen_when_opened BEFORE INSERT OR UPDATE OR DELETE ON consultation_option
    FOR EACH ROW EXECUTE FUNCTION plenary_option_is_frozen();
"""


def frozen(table):
    return migrations.RunSQL(
        f"CREATE TRIGGER frozen_when_published BEFORE INSERT OR UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION plenary_questionnaire_is_frozen()",
        f"DROP TRIGGER frozen_when_published ON {table}",
    )


def insert_only(table, operations="UPDATE OR DELETE"):
    return migrations.RunSQL(
        f"CREATE TRIGGER insert_only BEFORE {operations} ON {table} FOR EACH ROW EXECUTE FUNCTION plenary_insert_only()",
        f"DROP TRIGGER insert_only ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("consultation", "0001_initial"),
        ("common", "0002_extensions_and_insert_only_audit"),
    ]

    operations = [
        migrations.RunSQL(
            KEEPS_ITS_WORD,
            "DROP TRIGGER keeps_its_word ON consultation_consultation; DROP FUNCTION plenary_consultation_keeps_its_word()",
        ),
        migrations.RunSQL(
            FROZEN_QUESTIONNAIRE,
            "DROP TRIGGER frozen_when_published ON consultation_version; DROP FUNCTION plenary_version_is_frozen(); "
            "DROP FUNCTION plenary_questionnaire_is_frozen()",
        ),
        *(frozen(f"consultation_{name}") for name in ("page", "question", "choice")),
        migrations.RunSQL(
            FROZEN_OPTIONS, "DROP TRIGGER frozen_when_opened ON consultation_option; DROP FUNCTION plenary_option_is_frozen()"
        ),
        insert_only("consultation_transition"),
        insert_only("consultation_result"),
        # Erasure may delete an answer; nobody may rewrite one.
        insert_only("consultation_answer", "UPDATE"),
    ]
