from typing import ClassVar

from django.conf import settings
from django.db import models


class Block(models.Model):
    """Somebody does not want to hear from somebody else: no notices, no mail, posts folded. The other is not told."""

    pk = models.CompositePrimaryKey("user_id", "blocked_id")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocks", db_index=False)
    blocked = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocked_by")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="nobody_blocks_themselves", condition=~models.Q(user=models.F("blocked"))),
        ]

    def __str__(self) -> str:
        return f"user {self.user_id} blocks user {self.blocked_id}"
