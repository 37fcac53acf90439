"""Mails that a consultation writes to one person."""

from datetime import datetime
from typing import ClassVar, Literal

from django.conf import settings
from django.urls import reverse

from consultation.models import Entry, Response
from mail.kinds import Dropped, Letter
from mail.messages import letter_from
from mail.models import Mail


class ReceiptLink:
    """The way to one's receipt. It holds neither answers nor receipt: a mailbox may be read by others, and the page asks for
    sign-in."""

    lane: ClassVar[Literal["critical", "notify"]] = "notify"

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        told = {"consultation": mail.params["consultation"], "revision": mail.params["revision"]}
        sent = Response.objects.filter(user=mail.address.account_id, **told).select_related("consultation").first()
        if sent is None:
            return Dropped("it was taken back, or the address belongs to another account now")
        link = reverse("consultation:receipt", args=[sent.consultation.slug])
        context = {
            "consultation": sent.consultation,
            "revision": sent.revision,
            "entered": Entry.objects.filter(response=sent).exists(),
            "link": settings.SITE_URL + link,
        }
        return letter_from("consultation/mail/receipt", context)
