from typing import ClassVar

from django.db import models

from consultation.models.consultation import Consultation


class HolderKey(models.Model):
    """The key of one confidential consultation, encrypted under CONSULTATION_KEY (`consultation.confidentiality`). Made with the
    first draft, deleted when the consultation is archived: the tags then lead to nobody."""

    consultation = models.OneToOneField(Consultation, models.PROTECT, primary_key=True, related_name="holder_key")
    wrapped = models.BinaryField()

    class Meta:
        verbose_name: ClassVar = "key of holders"
