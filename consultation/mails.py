"""Mails that a consultation writes to one person."""

from datetime import datetime
from typing import ClassVar, Literal

from django.conf import settings
from django.db.models import Q
from django.db.models.query import QuerySet
from django.urls import reverse

from common.moments import in_words
from consultation.models import Colleague, Consultation, Entry, News, Response
from consultation.permissions import can_ask_for_link, can_fill_in
from consultation.readers.guests import concerned_by, guest_at, link_token
from mail.kinds import Dropped, Letter
from mail.messages import letter_from
from mail.models import Mail


class ReceiptLink:
    """The way to one's receipt. It holds neither answers nor receipt: a mailbox may be read by others, and the page asks for
    sign-in."""

    lane: ClassVar[Literal["critical", "notify"]] = "notify"

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        told = {"consultation": mail.params["consultation"], "revision": mail.params["revision"]}
        party, account = mail.params.get("party"), mail.address.account_id
        whose = Q(party=party, party__in=parties_of(account)) if party else Q(user=account)
        sent = Response.objects.filter(whose, **told).select_related("consultation", "party").first()
        if sent is None:
            return Dropped("it was taken back, or whoever has the address has nothing to do with it now")
        link = reverse("consultation:receipt", args=[sent.consultation.slug])
        if sent.party is not None:
            link = reverse("consultation:seat_receipt", args=[sent.consultation.slug, f"organisation-{sent.party.pk}"])
        context = {
            "consultation": sent.consultation,
            "revision": sent.revision,
            "entered": Entry.objects.filter(response=sent).exists(),
            "party": sent.party,
            "link": settings.SITE_URL + link,
        }
        return letter_from("consultation/mail/receipt", context)


class GuestLink:
    """To whoever's address was typed into the form of a consultation that asks the public, and, where it is named, once for each
    revision that was sent: the way to their answer. The link is made here and kept nowhere. A member is told to sign in
    instead."""

    lane: ClassVar[Literal["critical", "notify"]] = "critical"

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        asked = Consultation.objects.filter(pk=mail.params["consultation"], for_public=True).first()
        if asked is None:
            return Dropped("it does not ask the public")
        guest = guest_at(asked, mail.address)
        revision = mail.params.get("revision", 0)
        if guest is None and (revision or not can_ask_for_link(asked, at)):
            return Dropped("it takes no answers any more")
        account = mail.address.account
        is_members = guest is None and account is not None and bool(can_fill_in(account, asked, at))
        number = guest.link + (0 if revision else 1) if guest else 1
        token = link_token(asked, mail.address, number=number)
        path = asked.get_absolute_url() if is_members else reverse("consultation:guest_link", args=[asked.slug, token])
        context = {
            "consultation": asked,
            "revision": revision,
            "is_members": is_members,
            "link": settings.SITE_URL + path,
        }
        return letter_from("consultation/mail/guest", context)


class GuestNews:
    """To somebody of the public about what they began or sent: the questions were changed, it closes soon, the results are there.
    Asked again at hand-over: whoever has sent, confirmed, deleted it or wants no such letters gets none."""

    lane: ClassVar[Literal["critical", "notify"]] = "notify"

    def write(self, mail: Mail, *, at: datetime) -> Letter | Dropped:
        news = News.objects.select_related("consultation").filter(pk=mail.params["news"]).first()
        if news is None or not news.consultation.for_public:
            return Dropped("it is gone")
        asked, guest = news.consultation, guest_at(news.consultation, mail.address)
        if guest is None or not guest.wants_news:
            return Dropped("it was deleted, or they want no such letters")
        if news.kind != News.Kind.PUBLISHED and not asked.accepts_at(at):
            return Dropped("it takes no answers now")
        sent, begun = concerned_by(news)
        if not sent.filter(party=guest.party).exists() and not begun.filter(party=guest.party).exists():
            return Dropped("it does not concern them any more")
        token = link_token(asked, mail.address, number=guest.link)
        context = {
            "consultation": asked,
            "kind": news.kind,
            "closes": in_words(asked.closes_at, now=at, style="full") if asked.closes_at else "",
            "link": settings.SITE_URL + reverse("consultation:guest_link", args=[asked.slug, token]),
            "results": settings.SITE_URL + reverse("consultation:results", args=[asked.slug]),
        }
        return letter_from("consultation/mail/news", context)


def parties_of(user_id: int | None) -> "QuerySet[Colleague, int]":
    """The ids of those organisations whose answers this member writes."""
    return Colleague.objects.filter(user=user_id, joined_at__isnull=False, ended_at=None).values_list("party", flat=True)
