from django.db import migrations

# Unlogged: PostgreSQL empties it whenever it recovers from a crash, and so tells us that it did (mail/claims.py).


class Migration(migrations.Migration):
    dependencies = [("mail", "0040_pools_of_senders")]

    operations = [
        migrations.RunSQL(
            [
                "CREATE UNLOGGED TABLE mail_up_since (at timestamptz NOT NULL)",
                "INSERT INTO mail_up_since (at) VALUES (clock_timestamp())",
            ],
            "DROP TABLE mail_up_since",
        )
    ]
