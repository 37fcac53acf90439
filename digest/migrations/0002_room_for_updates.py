from django.db import migrations


class Migration(migrations.Migration):
    """Every delivery row is rewritten several times: room left in its page keeps those updates off the indexes."""

    dependencies = [("digest", "0001_initial")]

    operations = [
        migrations.RunSQL("ALTER TABLE digest_delivery SET (fillfactor = 70)", "ALTER TABLE digest_delivery RESET (fillfactor)"),
    ]
