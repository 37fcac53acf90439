from typing import ClassVar

from django.conf import settings
from django.db import models

from digest.models.edition import Edition


class Item(models.Model):
    """One thing in an edition, rendered once for all who may see it.

    `kind` names its source (`digest.sources`), `object_id` the thing there. `category_id` and `is_public` say who may see it as
    it was at the cut; whether a reader may see it *now* is asked of the source again, when sent and when read on the web, and
    so is `quoted_id`, the post whose words it quotes. `closes_at` is told in words of the day on which it is read.
    Takedown and erasure empty the fragments. `recalled_at`: taken out by an editor or a moderator, from what was not sent yet and
    from the web copy.
    """

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="items")
    kind = models.CharField(max_length=30)
    object_id = models.BigIntegerField()
    position = models.PositiveSmallIntegerField()
    section = models.CharField(max_length=20)
    category_id = models.BigIntegerField(null=True)
    is_public = models.BooleanField(default=False)
    quoted_id = models.BigIntegerField(null=True)
    closes_at = models.DateTimeField(null=True)
    title = models.CharField(max_length=250)
    fragment_html = models.TextField()
    fragment_text = models.TextField()
    why = models.CharField(max_length=200)
    recalled_at = models.DateTimeField(null=True)
    recalled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "kind", "object_id"], name="one_item_per_thing_and_edition"),
            models.UniqueConstraint(fields=["edition", "position"], name="one_item_per_place"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
