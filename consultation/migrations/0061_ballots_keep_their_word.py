from django.db import migrations

# `plenary.mixing` holds the id of the consultation whose rows are being written anew in random order, for one transaction.
LEDGER = """
CREATE FUNCTION plenary_ledger_keeps_its_word() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    mixing text := current_setting('plenary.mixing', true);
    mode text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.consultation_id::text = mixing THEN RETURN OLD; END IF;
    ELSIF TG_OP = 'UPDATE' THEN
        IF NOT OLD.took_part AND NEW.took_part AND NEW.id = OLD.id AND NEW.user_id = OLD.user_id
           AND NEW.consultation_id = OLD.consultation_id THEN RETURN NEW; END IF;
    ELSIF NEW.consultation_id::text = mixing THEN RETURN NEW;
    ELSE
        SELECT identity_mode INTO mode FROM consultation_consultation WHERE id = NEW.consultation_id;
        IF mode = 'detached' AND NOT NEW.took_part THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION 'a ledger says who took part, once, and nothing else' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER keeps_its_word BEFORE INSERT OR UPDATE OR DELETE ON consultation_ledger
    FOR EACH ROW EXECUTE FUNCTION plenary_ledger_keeps_its_word();
"""

BALLOT = """
CREATE FUNCTION plenary_ballot_keeps_its_word() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    mixing text := current_setting('plenary.mixing', true);
    asked record;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.consultation_id::text = mixing THEN RETURN OLD; END IF;
    ELSIF TG_OP = 'INSERT' THEN
        IF NEW.consultation_id::text = mixing THEN RETURN NEW; END IF;
        SELECT identity_mode, opened_at, closed_at INTO asked FROM consultation_consultation WHERE id = NEW.consultation_id;
        IF asked.identity_mode = 'detached' AND asked.opened_at IS NOT NULL AND asked.closed_at IS NULL
           AND NEW.sealed IS NOT NULL THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION 'a ballot that is in stays as it is' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER keeps_its_word BEFORE INSERT OR UPDATE OR DELETE ON consultation_ballot
    FOR EACH ROW EXECUTE FUNCTION plenary_ballot_keeps_its_word();
"""

# Whatever writes answers by name or by tag (members, staff from paper, organisations) has no place in a detached consultation.
NOTHING_HELD = """
CREATE FUNCTION plenary_nothing_is_held_when_detached() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE mode text;
BEGIN
    IF TG_TABLE_NAME = 'consultation_draft' THEN
        SELECT identity_mode INTO mode FROM consultation_consultation c
        JOIN consultation_version v ON v.consultation_id = c.id WHERE v.id = NEW.version_id;
    ELSE
        SELECT identity_mode INTO mode FROM consultation_consultation WHERE id = NEW.consultation_id;
    END IF;
    IF mode = 'detached' THEN
        RAISE EXCEPTION 'whose it is is kept nowhere in a detached consultation' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""

ONE_WORDING = """
CREATE FUNCTION plenary_one_wording_when_detached() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.published_at IS NOT NULL AND EXISTS (
        SELECT FROM consultation_version v JOIN consultation_consultation c ON c.id = v.consultation_id
        WHERE c.id = NEW.consultation_id AND c.identity_mode = 'detached' AND v.id <> NEW.id AND v.published_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a ballot does not say which wording it answers: a detached consultation has one'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER detached_has_one_wording BEFORE INSERT OR UPDATE ON consultation_version
    FOR EACH ROW EXECUTE FUNCTION plenary_one_wording_when_detached();
"""


def nothing_held(table):
    return migrations.RunSQL(
        f"CREATE TRIGGER nothing_is_held_when_detached BEFORE INSERT OR UPDATE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION plenary_nothing_is_held_when_detached()",
        f"DROP TRIGGER nothing_is_held_when_detached ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("consultation", "0060_detached")]

    operations = [
        migrations.RunSQL(
            LEDGER, "DROP TRIGGER keeps_its_word ON consultation_ledger; DROP FUNCTION plenary_ledger_keeps_its_word()"
        ),
        migrations.RunSQL(
            BALLOT, "DROP TRIGGER keeps_its_word ON consultation_ballot; DROP FUNCTION plenary_ballot_keeps_its_word()"
        ),
        migrations.RunSQL(NOTHING_HELD, "DROP FUNCTION plenary_nothing_is_held_when_detached()"),
        *(nothing_held(f"consultation_{name}") for name in ("draft", "response", "party", "entry", "guest")),
        migrations.RunSQL(
            ONE_WORDING,
            "DROP TRIGGER detached_has_one_wording ON consultation_version; DROP FUNCTION plenary_one_wording_when_detached()",
        ),
    ]
