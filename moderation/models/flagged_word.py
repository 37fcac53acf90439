from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower


class FlaggedWord(models.Model):
    """A word, or some words, that make a post wait for a moderator. In lower case; matched as whole words."""

    word = models.CharField(max_length=60, unique=True)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="flagged_word_is_lower_case", condition=models.Q(word=Lower("word"))),
            models.CheckConstraint(name="flagged_word_says_something", condition=~models.Q(word="")),
        ]

    def __str__(self) -> str:
        return self.word
