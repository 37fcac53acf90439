"""What consultations have of somebody whose account is erased. What was counted stays counted, without the person."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from common.leavers import Leaver
from consultation.actions.holders import key_of
from consultation.actions.leaving import erase_guest_responses, erase_responses_of
from consultation.confidentiality import tag_of_address
from consultation.models import Colleague, Consultation, Draft, DraftAnswer, Guest, Party, Response


def erase_answers_of(leaver: Leaver, *, at: datetime) -> bool:
    """All that they sent or began as members, in transactions that write no row with their name. One of
    settings.ACCOUNT_ERASED."""
    for account in leaver.accounts:
        erase_responses_of(account, at=at)
    return True


def forget_respondent(leaver: Leaver, *, at: datetime) -> bool:
    """Their seats where organisations answer, and what they answered as one of the public, by an address of theirs. One of
    settings.ACCOUNT_ERASED."""
    for party in Party.objects.filter(colleagues__user__in=leaver.accounts).distinct().order_by("pk"):
        _leave_seat(party.pk, leaver, at=at)
    for guest in Guest.objects.filter(_by_their_addresses(leaver)).select_related("party").order_by("pk"):
        erase_guest_responses(guest.party, at=at)
    return True


def _by_their_addresses(leaver: Leaver) -> Q:
    """Named ones by the address, confidential ones by the tag that the consultation's key makes of it, as long as it is kept."""
    theirs = Q(address__email__in=leaver.proven)
    for consultation in Consultation.objects.filter(holder_key__isnull=False, guests__address_tag__isnull=False).distinct():
        key = key_of(consultation)
        theirs |= Q(consultation=consultation, address_tag__in=[tag_of_address(key, email) for email in leaver.proven])
    return theirs


@transaction.atomic
def _leave_seat(pk: int, leaver: Leaver, *, at: datetime) -> None:
    """Whoever is left goes on: where nobody of them may send it, whoever came first may. Where nobody is left and nothing was
    sent, what was begun goes."""
    party = Party.objects.select_for_update(no_key=True).get(pk=pk)
    for row in Colleague.objects.filter(party=party, user__in=leaver.accounts, ended_at=None):
        row.ended_at, row.ended_by_id, row.may_send = at, row.user_id, False
        row.save(update_fields=["ended_at", "ended_by", "may_send"])
    DraftAnswer.objects.filter(draft__party=party, by__in=leaver.accounts).update(by=None)
    left = Colleague.objects.filter(party=party, joined_at__isnull=False, ended_at=None).order_by("joined_at", "pk")
    first = left.first()
    if first is None and not Response.objects.filter(party=party).exists():
        Draft.objects.filter(party=party).delete()
    elif first is not None and not left.filter(may_send=True).exists():
        Colleague.objects.filter(pk=first.pk).update(may_send=True)
    for name in ("on_behalf_of", "authority", "agreed"):
        setattr(party, name, leaver.without(getattr(party, name)))
    party.save(update_fields=["on_behalf_of", "authority", "agreed"])
