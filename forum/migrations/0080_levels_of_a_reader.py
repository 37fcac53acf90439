from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """What somebody follows or muted, without a look at every topic that they ever read. Built beside the running forum."""

    atomic = False
    dependencies = [("forum", "0070_post_notices")]

    operations = [
        AddIndexConcurrently(
            model_name="topicmember",
            index=models.Index(
                fields=["user", "level", "topic"], name="topic_levels", condition=models.Q(("level", "normal"), _negated=True)
            ),
        ),
    ]
