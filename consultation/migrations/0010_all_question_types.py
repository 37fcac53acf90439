from django.db import migrations, models

KINDS = (
    *("single_choice", "agreement_scale", "ranking", "long_text", "several_choices", "approval", "statement", "consent"),
    *("score", "points", "rating", "matrix", "short_text", "number", "date", "file"),
)


class Migration(migrations.Migration):
    dependencies = [("consultation", "0003_options_never_move_into_an_opened_one")]

    operations = [
        migrations.AddField(
            model_name="question",
            name="settings",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.RemoveConstraint(model_name="question", name="question_kind_is_known"),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(name="question_kind_is_known", condition=models.Q(kind__in=KINDS)),
        ),
    ]
