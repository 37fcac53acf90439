from hashlib import sha256
from typing import ClassVar

from django.conf import settings
from django.db import models


class FeedToken(models.Model):
    """The secret in the addresses of somebody's own feeds, as its SHA-256 (hexadecimal): what lies here opens nothing. One a
    person; a new one ends the old."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="feed_token_is_kept_as_a_digest", condition=models.Q(digest__regex=r"^[0-9a-f]{64}$"))
        ]

    def __str__(self) -> str:
        return f"feeds of user {self.user_id}"

    @staticmethod
    def digest_of(token: str) -> str:
        """What is kept of a secret."""
        return sha256(token.encode(errors="replace")).hexdigest()
