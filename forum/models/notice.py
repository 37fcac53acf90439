from typing import ClassVar

from django.db import models

from forum.models.topic import Topic


class TopicNotice(models.Model):
    """A line that somebody above puts on a topic: it is put to consultation, it fed an outcome. Once per kind and address;
    `url` is a path on this site."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(max_length=40)
    text = models.CharField(max_length=200)
    url = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["topic", "kind", "url"], name="one_topic_notice_per_kind_and_address"),
            models.CheckConstraint(
                name="topic_notice_leads_to_this_site",
                condition=models.Q(url__startswith="/") & ~models.Q(url__startswith="//"),
            ),
            models.CheckConstraint(name="topic_notice_says_something", condition=~models.Q(text="")),
        ]

    def __str__(self) -> str:
        return self.text
