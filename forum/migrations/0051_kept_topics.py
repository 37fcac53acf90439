"""A topic can be kept from the writer's practice, as a reply can."""

from django.db import migrations, models
from django.db.models.functions import Length
from django.db.models.lookups import Exact


class Migration(migrations.Migration):
    dependencies = [("forum", "0050_poll_version")]

    operations = [
        migrations.AddField("topic", "kept_from", models.BinaryField(null=True)),
        migrations.AddConstraint(
            "topic",
            models.CheckConstraint(
                name="mark_of_a_practice_on_a_topic_is_whole",
                condition=models.Q(kept_from=None) | models.Q(Exact(Length("kept_from"), 48)),
            ),
        ),
    ]
