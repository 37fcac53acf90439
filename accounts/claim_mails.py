"""Mails that bring a member of the register to an account. The link is made here, at hand-over, and lies in no table."""

from datetime import datetime
from typing import ClassVar, Literal

from django.conf import settings
from django.urls import reverse

from accounts.models import Membership
from accounts.register.links import make_claim_token
from mail.kinds import Dropped, Letter
from mail.messages import letter_from
from mail.models import Mail


class _ClaimMail:
    """Written only while the line stands, has no account, and still has the address that the mail goes to."""

    lane: ClassVar[Literal["critical", "notify"]]
    template: ClassVar[str]

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        line = Membership.objects.standing_at(at).unclaimed().filter(pk=mail.params["membership"]).first()
        if line is None or line.email != mail.address.email:
            return Dropped("the membership has an account, has ended, or has another address now")
        token = make_claim_token(line.pk, line.email, at=at, days=settings.CLAIM_LINK_DAYS)
        context = {
            "name": line.name,
            "link": settings.SITE_URL + reverse("accounts:claim_link", args=[token]),
            "days": settings.CLAIM_LINK_DAYS,
            "ask": settings.SITE_URL + reverse("accounts:claim"),
        }
        return letter_from(self.template, context)


class Invitation(_ClaimMail):
    """The institute's members who are not here yet."""

    lane = "notify"
    template = "accounts/mail/invitation"


class Claim(_ClaimMail):
    """Somebody gave a number and this address: the link where they go together (`membership`), and word where they do not (0)."""

    lane = "critical"
    template = "accounts/mail/claim"

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        if mail.params["membership"]:
            return super().write(mail, at=at)
        context = {"ask": settings.SITE_URL + reverse("accounts:claim"), "office": settings.REPLY_TO}
        return letter_from("accounts/mail/claim_unknown", context)
