from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consultation", "0090_texts"),
    ]

    operations = [
        migrations.AddField(
            model_name="answerfile",
            name="harmful",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="answerfile",
            index=models.Index(
                condition=models.Q(("harmful", False), ("scanned_with", "")), fields=["id"], name="answer_file_never_scanned"
            ),
        ),
    ]
