import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consultation", "0072_books_by_version")]

    operations = [
        migrations.AddField(
            model_name="otherresult",
            name="over",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(),
                db_default=models.Value(
                    [], django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), size=None)
                ),
                default=list,
                size=None,
            ),
        ),
    ]
