from typing import ClassVar

from django.conf import settings
from django.db import models


class Avatar(models.Model):
    """A person's picture as we made it anew: a small square WebP (`accounts.pictures`) without anything of the file that was
    sent. It lies in the database, so that it is backed up, erased and found by every web node like all about a person."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="picture")
    digest = models.CharField(max_length=32)
    image = models.BinaryField()
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="avatar_has_a_digest", condition=~models.Q(digest=""))]

    def __str__(self) -> str:
        return f"picture of user {self.user_id}"
