from typing import ClassVar

from django.db import models

from forum.models.topic import Topic


class ImportedTopic(models.Model):
    """Where a topic came from, so that its old address leads to it and a second import finds it. `fingerprint`: SHA-256 of
    what was read, to pass over what did not change."""

    topic = models.OneToOneField(Topic, models.CASCADE, related_name="imported_from")
    host = models.CharField(max_length=200)
    source_id = models.BigIntegerField()
    slug = models.CharField(max_length=255, blank=True)
    fingerprint = models.BinaryField(max_length=32, default=b"")
    imported_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["host", "source_id"], name="topic_is_imported_once")]
        indexes: ClassVar = [models.Index(fields=["source_id"], name="imported_topic_by_number")]

    def __str__(self) -> str:
        return f"{self.host} topic {self.source_id}"
