from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from consultation.models.response import Answer, Response

LONGEST_QUESTION = 600
LONGEST_ANSWER = 2_000


class Inquiry(models.Model):
    """A question that an organiser puts to whoever wrote a response, after the close. It hangs on the response, so that in a
    confidential consultation the tag alone says whose it is, and goes with it. `about` is the answer at which it was asked, None
    where it was asked by reference: it stands beside that answer alone, since beside another it would tell that one person wrote
    both. The writer is not told who asks. `answered_at` is as coarse as the response's own moment."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="inquiries")
    about = models.ForeignKey(Answer, models.CASCADE, null=True, related_name="inquiries")
    text = models.CharField(max_length=LONGEST_QUESTION)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answer = models.CharField(max_length=LONGEST_ANSWER, blank=True, default="", db_default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["asked_at", "pk"]
        verbose_name_plural = "inquiries"
        constraints: ClassVar = [
            models.CheckConstraint(name="inquiry_asks_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="inquiry_answered_with_words",
                condition=Q(answer="", answered_at=None) | (Q(answered_at__isnull=False) & ~Q(answer="")),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]
