from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mail", "0041_up_since")]

    operations = [
        migrations.AddField(model_name="consentevent", name="given_on", field=models.DateField(null=True)),
        migrations.AddField(
            model_name="consentevent",
            name="source",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
    ]
