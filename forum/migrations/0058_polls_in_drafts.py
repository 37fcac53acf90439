from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("forum", "0057_former_tags")]

    operations = [migrations.AddField(model_name="draft", name="poll", field=models.JSONField(null=True))]
