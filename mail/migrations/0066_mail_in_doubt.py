from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("mail", "0065_fewer_indexes")]

    operations = [
        AddIndexConcurrently("mail", models.Index("id", name="mail_in_doubt", condition=models.Q(state="uncertain"))),
    ]
