from django.db import migrations, models


class Migration(migrations.Migration):
    """A draft keeps the kind, the tags, the pin of a new topic, and that a text is to be kept from one's practice."""

    dependencies = [("forum", "0096_corrected_titles")]

    operations = [migrations.AddField(model_name="draft", name="about", field=models.JSONField(null=True))]
