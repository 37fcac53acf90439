from typing import ClassVar
from uuid import uuid4

from django.db import models

from consultation.models.question import Question


class AnswerFile(models.Model):
    """A file that was given as an answer; its place in the storage (settings.STORAGES, "attachments") tells its id alone.

    No column names who gave it: it belongs to whoever's draft or response names its id among their answers, and goes when none
    does. `scanned_with`: the scanner that found it clean, empty where none was asked; `harmful`: a scanner
    that was set up later found something, and the bytes are deleted. `size` in bytes, `sha256` in hexadecimal.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    question = models.ForeignKey(Question, models.PROTECT, related_name="files")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    scanned_with = models.CharField(max_length=40, blank=True)
    harmful = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["created_at"], name="answer_file_by_age"),
            models.Index(fields=["id"], name="answer_file_never_scanned", condition=models.Q(scanned_with="", harmful=False)),
        ]

    def __str__(self) -> str:
        return f"file {self.pk}"

    @property
    def stored(self) -> str:
        """Its name in the storage."""
        return f"answers/{self.pk.hex[:2]}/{self.pk.hex}"

    @property
    def told(self) -> dict[str, str | int]:
        """What an answer says of it."""
        return {"id": str(self.pk), "name": self.name, "kind": self.kind, "size": self.size, "sha256": self.sha256}
