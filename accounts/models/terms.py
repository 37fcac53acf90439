from typing import ClassVar

from django.conf import settings
from django.db import models


class TermsAcceptance(models.Model):
    """Somebody accepted one version of the terms, and when. Never changed; `User.terms_version` repeats the last."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="terms_acceptances")
    version = models.CharField(max_length=20)
    accepted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "version"], name="a_version_of_the_terms_is_accepted_once")
        ]

    def __str__(self) -> str:
        return self.version
