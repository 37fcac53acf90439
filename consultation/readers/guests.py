"""Somebody of the public: found by the address that they confirmed, or by what stands for it."""

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from consultation.confidentiality import tag_of_address, unwrapped
from consultation.models import Consultation, Draft, Guest, HolderKey, News, Response
from consultation.readers.holders import NOBODYS, address_tag_of_each, is_confidential
from consultation.readers.versions import answered_before_the_change, begun_before_the_change
from mail.models import Address
from mail.tokens import seal, unseal

PURPOSE = "consultation guest"


def guest_at(consultation: Consultation, address: Address) -> Guest | None:
    """One statement, two where it is confidential."""
    return Guest.objects.filter(_by(consultation, address), consultation=consultation).select_related("party").first()


def addresses_told(news: News) -> "QuerySet[Address]":
    """Whom of the public it concerns and who want it told, by address: of a change and of the end who began, of a change and of
    the results who sent. Of a confidential one the database works the tags out, and nothing that comes out says whose which
    answer is. One statement where it is confidential, else none."""
    asked = news.consultation
    sent, begun = concerned_by(news)
    concerned = Exists(sent.filter(party=OuterRef("party"))) | Exists(begun.filter(party=OuterRef("party")))
    guests = Guest.objects.filter(concerned, consultation=asked, wants_news=True)
    if not is_confidential(asked):
        return Address.objects.filter(Exists(guests.filter(address=OuterRef("pk")))).order_by("pk")
    tag = address_tag_of_each(asked, "email")
    if tag is None:
        return Address.objects.none()
    return Address.objects.filter(Exists(guests.filter(address_tag=tag))).order_by("pk")


def concerned_by(news: News) -> "tuple[QuerySet[Response], QuerySet[Draft]]":
    """Responses, and drafts, whose writers it concerns, as it stands now. One statement for a change, else none."""
    asked = news.consultation
    if news.kind == News.Kind.CHANGED:
        return answered_before_the_change(asked), begun_before_the_change(asked)
    if news.kind == News.Kind.PUBLISHED:
        return Response.objects.filter(consultation=asked, is_current=True), Draft.objects.none()
    return Response.objects.none(), Draft.objects.filter(version__consultation=asked)


def link_token(consultation: Consultation, address: Address, *, number: int) -> str:
    """Opens this one consultation for whoever holds it, and nothing else; it is kept nowhere."""
    return seal(PURPOSE, consultation.pk, address.pk, number)


def read_link(consultation: Consultation, token: str) -> tuple[Address, int] | None:
    """The address and the number of a link of ours to this consultation; None for anything else, or where a later link was used.
    Three statements at most."""
    told = unseal(PURPOSE, token)
    if told is None or len(told) != 3 or told[0] != consultation.pk:
        return None
    address = Address.objects.filter(pk=told[1]).select_related("account").first()
    if address is None:
        return None
    guest = guest_at(consultation, address)
    return None if guest is not None and guest.link > told[2] else (address, told[2])


def _by(consultation: Consultation, address: Address) -> Q:
    if not is_confidential(consultation):
        return Q(address=address)
    kept = HolderKey.objects.filter(consultation=consultation.pk).first()
    if kept is None:
        return NOBODYS
    key = unwrapped(bytes(kept.wrapped), under=settings.CONSULTATION_KEY, consultation=consultation.pk)
    return Q(address_tag=tag_of_address(key, address.email))
