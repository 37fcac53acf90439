import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What two foreign keys held row by row, held once for a whole list: a list of 150,851 is written by one statement. Whoever is
# named there exists, and is not deleted afterwards; rows never change (`insert_only`). One lock stands for what would be a lock on
# each of the people: writing lists shares it, deleting somebody (which the product never does) has it alone.
REFERS = """
CREATE FUNCTION plenary_eligible_refers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM fresh) THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('consultation_eligible refers', 0));
    IF EXISTS (SELECT FROM fresh WHERE NOT EXISTS (SELECT FROM consultation_consultation c WHERE c.id = fresh.consultation_id)) THEN
        RAISE EXCEPTION 'a list of who may answer is that of a consultation' USING ERRCODE = 'foreign_key_violation';
    END IF;
    IF EXISTS (SELECT FROM fresh WHERE NOT EXISTS (SELECT FROM accounts_user u WHERE u.id = fresh.user_id)) THEN
        RAISE EXCEPTION 'a list of who may answer names people who are there' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER refers_to_what_is_there AFTER INSERT ON consultation_eligible
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION plenary_eligible_refers();

CREATE FUNCTION plenary_eligible_is_referred_to() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE listed boolean;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.id = OLD.id THEN RETURN NEW; END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('consultation_eligible refers', 0));
    IF TG_TABLE_NAME = 'accounts_user' THEN
        listed := EXISTS (SELECT FROM consultation_eligible WHERE user_id = OLD.id);
    ELSE
        listed := EXISTS (SELECT FROM consultation_eligible WHERE consultation_id = OLD.id);
    END IF;
    IF listed THEN
        RAISE EXCEPTION 'a list of who may answer refers to it' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER listed_as_eligible BEFORE DELETE OR UPDATE OF id ON accounts_user
    FOR EACH ROW EXECUTE FUNCTION plenary_eligible_is_referred_to();
CREATE TRIGGER listed_as_eligible BEFORE DELETE OR UPDATE OF id ON consultation_consultation
    FOR EACH ROW EXECUTE FUNCTION plenary_eligible_is_referred_to();
"""
GONE = """
DROP TRIGGER refers_to_what_is_there ON consultation_eligible;
DROP TRIGGER listed_as_eligible ON accounts_user;
DROP TRIGGER listed_as_eligible ON consultation_consultation;
DROP FUNCTION plenary_eligible_refers();
DROP FUNCTION plenary_eligible_is_referred_to();
"""


class Migration(migrations.Migration):
    dependencies = [("consultation", "0092_exclusions")]

    operations = [
        migrations.RunSQL(REFERS, GONE),
        migrations.AlterField(
            model_name="eligible",
            name="consultation",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="eligible",
                to="consultation.consultation",
            ),
        ),
        migrations.AlterField(
            model_name="eligible",
            name="user",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
