from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consultation", "0030_receipts")]

    operations = [
        migrations.AddField("page", "when", models.JSONField(blank=True, null=True)),
        migrations.AddField("question", "when", models.JSONField(blank=True, null=True)),
    ]
