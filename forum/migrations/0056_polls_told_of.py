from django.db import migrations, models


class Migration(migrations.Migration):
    """What closed more than a day before the first tick is not told of (`tell_of_closed_polls`)."""

    dependencies = [("forum", "0055_where_notes_stand")]

    operations = [
        migrations.AddField(model_name="poll", name="told_at", field=models.DateTimeField(null=True)),
        migrations.AddIndex(
            model_name="poll",
            index=models.Index(fields=["closes_at"], name="poll_to_tell_of", condition=models.Q(("told_at", None))),
        ),
    ]
