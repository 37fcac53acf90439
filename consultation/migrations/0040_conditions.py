from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consultation", "0003_options_never_move_into_an_opened_one")]

    operations = [
        migrations.AddField("page", "when", models.JSONField(blank=True, null=True)),
        migrations.AddField("question", "when", models.JSONField(blank=True, null=True)),
    ]
