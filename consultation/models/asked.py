from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from consultation.models.consultation import Consultation


class FrequentQuestion(models.Model):
    """What people ask about a consultation, and the answer. `answer_html` is `common.markdown.render` of it."""

    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="frequent_questions")
    question = models.CharField(max_length=200)
    answer = models.TextField()
    answer_html = models.TextField(editable=False)
    position = models.PositiveSmallIntegerField(default=0, db_default=0)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(name="frequent_question_is_answered", condition=~Q(question="") & ~Q(answer=""))
        ]

    def __str__(self) -> str:
        return self.question


class Correction(models.Model):
    """Something that the page of a consultation had wrong, and what is right: dated, insert-only."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="corrections")
    text = models.CharField(max_length=600)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [models.CheckConstraint(name="correction_says_something", condition=~Q(text=""))]

    def __str__(self) -> str:
        return self.text
