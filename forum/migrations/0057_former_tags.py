import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("forum", "0056_polls_told_of")]

    operations = [
        migrations.CreateModel(
            name="FormerTag",
            fields=[
                ("slug", models.SlugField(max_length=40, primary_key=True, serialize=False)),
                (
                    "tag",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="former", to="forum.tag"),
                ),
            ],
        ),
    ]
