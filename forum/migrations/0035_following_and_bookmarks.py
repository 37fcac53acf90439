import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

LEVELS = [
    ("watching", "Watching: every reply"),
    ("tracking", "Tracking: only a count"),
    ("normal", "Normal: answers to me"),
    ("muted", "Muted: nothing"),
]
BECAUSE = [
    ("started", "You started it."),
    ("replied", "You replied here."),
    ("named", "You were named here."),
    ("chosen", "You chose it."),
]


class Migration(migrations.Migration):
    dependencies = [
        ("forum", "0041_polls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Bookmark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("note", models.CharField(blank=True, max_length=300)),
                ("remind_on", models.DateField(null=True)),
                ("reminded_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "post",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="forum.post"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["user", "-id"], name="bookmark_newest_first"),
                    models.Index(
                        fields=["remind_on", "id"],
                        name="bookmark_waiting",
                        condition=models.Q(("remind_on__isnull", False), ("reminded_at", None)),
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "post"), name="one_bookmark_per_person_and_post"),
                    models.CheckConstraint(
                        condition=models.Q(("reminded_at", None), models.Q(("remind_on", None), _negated=True), _connector="OR"),
                        name="nobody_is_reminded_without_a_day",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="topicmember",
            name="because",
            field=models.CharField(blank=True, choices=BECAUSE, db_default="", default="", max_length=10),
        ),
        migrations.AddField(
            model_name="categorymember",
            name="level",
            field=models.CharField(choices=LEVELS, db_default="normal", default="normal", max_length=10),
        ),
        migrations.AlterField(model_name="categorymember", name="watermark", field=models.DateTimeField(null=True)),
        migrations.AddConstraint(
            model_name="topicmember",
            constraint=models.CheckConstraint(
                condition=models.Q(("because__in", ["", "started", "replied", "named", "chosen"])),
                name="reason_to_follow_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="categorymember",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", ["watching", "tracking", "normal", "muted"])),
                name="category_follow_level_is_known",
            ),
        ),
        migrations.AddIndex(
            model_name="categorymember",
            index=models.Index(condition=models.Q(("level", "watching")), fields=["category", "user"], name="category_watchers"),
        ),
        migrations.AddIndex(
            model_name="categorymember",
            index=models.Index(condition=models.Q(("level", "muted")), fields=["category", "user"], name="category_mutes"),
        ),
    ]
