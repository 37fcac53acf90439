from django.db import migrations, models

KINDS = ["moved", "split_off", "split_from", "merged", "locked", "unlocked"]


class Migration(migrations.Migration):
    """A moderator may take a title away that gives something away; a note says so."""

    dependencies = [("forum", "0095_what_is_kept_is_not_counted")]

    operations = [
        migrations.AddField(
            model_name="topicnote",
            name="former_title",
            field=models.CharField(blank=True, db_default="", default="", max_length=255),
        ),
        migrations.AlterField(
            model_name="topicnote",
            name="kind",
            field=models.CharField(
                choices=[
                    ("moved", "Moved"),
                    ("split_off", "Split Off"),
                    ("split_from", "Split From"),
                    ("merged", "Merged"),
                    ("locked", "Locked"),
                    ("unlocked", "Unlocked"),
                    ("archived", "Archived"),
                    ("unarchived", "Unarchived"),
                    ("retitled", "Retitled"),
                ],
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint(model_name="topicnote", name="topic_note_kind_is_known"),
        migrations.AddConstraint(
            model_name="topicnote",
            constraint=models.CheckConstraint(
                name="topic_note_kind_is_known",
                condition=models.Q(kind__in=KINDS) | models.Q(kind__in=["archived", "unarchived", "retitled"]),
            ),
        ),
    ]
