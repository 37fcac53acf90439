"""Somebody of the public: found by the address that they confirmed, or by what stands for it."""

from django.conf import settings
from django.db.models import Q

from consultation.confidentiality import tag_of_address, unwrapped
from consultation.models import Consultation, Guest, HolderKey
from consultation.readers.holders import NOBODYS, is_confidential
from mail.models import Address
from mail.tokens import seal, unseal

PURPOSE = "consultation guest"


def guest_at(consultation: Consultation, address: Address) -> Guest | None:
    """One statement, two where it is confidential."""
    return Guest.objects.filter(_by(consultation, address), consultation=consultation).select_related("party").first()


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
