from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consultation", "0010_all_question_types")]

    operations = [
        migrations.AddField("page", "when", models.JSONField(blank=True, null=True)),
        migrations.AddField("question", "when", models.JSONField(blank=True, null=True)),
    ]
