from django.db import migrations

# What holds once a consultation is open, and at the moment of opening. Pausing alone may be taken back.
KEEPS_ITS_WORD = """
CREATE OR REPLACE FUNCTION plenary_consultation_keeps_its_word() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.opened_at IS NULL THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        IF NEW.opened_at IS NOT NULL AND NEW.approved_at IS NULL THEN
            RAISE EXCEPTION 'a consultation opens after a second person approved it' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a consultation that was opened is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.opened_at IS DISTINCT FROM OLD.opened_at OR NEW.identity_mode <> OLD.identity_mode THEN
        RAISE EXCEPTION 'opening and identity mode are fixed once opened' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.for_grades <> OLD.for_grades OR NEW.for_nations <> OLD.for_nations OR NEW.for_list_sizes <> OLD.for_list_sizes
       OR NEW.for_group_id IS DISTINCT FROM OLD.for_group_id OR NEW.only_invited <> OLD.only_invited
       OR NEW.eligible_at_opening IS DISTINCT FROM OLD.eligible_at_opening THEN
        RAISE EXCEPTION 'who may answer is fixed once opened' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.closes_at < OLD.closes_at OR (NEW.closes_at <> OLD.closes_at AND OLD.closed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a consultation may be extended while open, never shortened' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.published_at IS NOT NULL AND NEW.published_at IS DISTINCT FROM OLD.published_at)
       OR (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at)
       OR (OLD.closed_at IS NOT NULL AND NEW.closed_at IS DISTINCT FROM OLD.closed_at)
       OR (OLD.analysing_at IS NOT NULL AND NEW.analysing_at IS DISTINCT FROM OLD.analysing_at)
       OR (OLD.reporting_at IS NOT NULL AND NEW.reporting_at IS DISTINCT FROM OLD.reporting_at)
       OR (OLD.followed_up_at IS NOT NULL AND NEW.followed_up_at IS DISTINCT FROM OLD.followed_up_at)
       OR (OLD.archived_at IS NOT NULL AND NEW.archived_at IS DISTINCT FROM OLD.archived_at) THEN
        RAISE EXCEPTION 'a step once taken is not taken back' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""

# The invited list is frozen with the rest of who may answer.
FROZEN_LIST = """
CREATE FUNCTION plenary_invited_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE the_consultation bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.consultation_id ELSE NEW.consultation_id END;
BEGIN
    IF EXISTS (SELECT FROM consultation_consultation WHERE id = the_consultation AND opened_at IS NOT NULL) THEN
        RAISE EXCEPTION 'who may answer is fixed once opened' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER frozen_when_opened BEFORE INSERT OR UPDATE OR DELETE ON consultation_invited
    FOR EACH ROW EXECUTE FUNCTION plenary_invited_is_frozen();
"""


def insert_only(table, operations="UPDATE OR DELETE"):
    return migrations.RunSQL(
        f"CREATE TRIGGER insert_only BEFORE {operations} ON {table} FOR EACH ROW EXECUTE FUNCTION plenary_insert_only()",
        f"DROP TRIGGER insert_only ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("consultation", "0020_the_life_of_a_consultation")]

    operations = [
        migrations.RunSQL(KEEPS_ITS_WORD, migrations.RunSQL.noop),
        migrations.RunSQL(
            FROZEN_LIST, "DROP TRIGGER frozen_when_opened ON consultation_invited; DROP FUNCTION plenary_invited_is_frozen()"
        ),
        insert_only("consultation_correction"),
        insert_only("consultation_participationfigure"),
        insert_only("consultation_eligible"),
    ]
