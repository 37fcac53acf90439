from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Word(models.Model):
    """A word as it was written in public, and in how many posts and titles. Only what a visitor may read is counted, so that no
    suggestion tells of anything else. `actions.words.refresh_words` keeps it."""

    word = models.CharField(max_length=30, primary_key=True)
    times = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="word_stands_often_enough", condition=models.Q(times__gte=3))]
        indexes: ClassVar = [GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="word_by_trigram")]

    def __str__(self) -> str:
        return self.word
