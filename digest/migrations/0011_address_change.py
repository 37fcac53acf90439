import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("digest", "0010_choices"), ("mail", "0050_consent_given_elsewhere")]

    operations = [
        migrations.CreateModel(
            name="AddressChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField()),
                ("moved_at", models.DateTimeField(null=True)),
                ("called_off_at", models.DateTimeField(null=True)),
                (
                    "after",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="mail.address"),
                ),
                (
                    "before",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="mail.address"),
                ),
                (
                    "subscription",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="digest.subscription"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("called_off_at", None), ("moved_at", None)),
                        fields=("before",),
                        name="one_address_change_waits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("before", models.F("after")), _negated=True),
                        name="address_change_changes_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("moved_at", None), ("called_off_at", None), _connector="OR"),
                        name="address_change_ends_once",
                    ),
                ],
            },
        ),
    ]
