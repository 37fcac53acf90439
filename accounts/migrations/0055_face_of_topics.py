from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0052_practice_of_the_register")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="topic_face",
            field=models.CharField(blank=True, db_default="", default="", max_length=13),
        ),
    ]
