from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Built beside the running forum: a million posts take a while."""

    atomic = False
    dependencies = [("forum", "0036_reasons_and_kept_bookmarks")]

    operations = [
        AddIndexConcurrently(
            model_name="post",
            index=models.Index(fields=["topic", "created_at", "number"], name="post_by_date"),
        ),
        AddIndexConcurrently(
            model_name="topic",
            index=models.Index(fields=["-created_at", "-id"], name="topic_newest_of_all"),
        ),
    ]
