"""The register may tell at which practice a member works."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0048_feed_tokens")]

    operations = [
        migrations.AddField("membership", "practice", models.CharField(blank=True, db_default="", default="", max_length=10)),
        migrations.AddField("registerrow", "practice", models.CharField(max_length=10, null=True)),
    ]
