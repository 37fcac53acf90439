"""Every vote raises its poll's version: what was counted of a ranked poll is kept under it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("forum", "0043_reaction_by_person")]

    operations = [
        migrations.AddField("poll", "version", models.PositiveIntegerField(db_default=0, default=0)),
    ]
