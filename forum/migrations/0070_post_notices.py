from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("forum", "0058_polls_in_drafts")]
    operations = [
        migrations.AddField("post", "notices", models.JSONField(default=list, db_default=models.Value([], models.JSONField()))),
    ]
