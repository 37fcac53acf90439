"""The public: a letter to an address, an answer by the link in it, and an end to both."""

from datetime import datetime

from django.db import transaction

from common.errors import DomainError
from consultation.actions.holders import key_of, moment_kept
from consultation.actions.holding import hold_open
from consultation.actions.submitting import GUEST_MAIL
from consultation.confidentiality import tag_of_address
from consultation.models import Consultation, Guest, Party
from consultation.permissions import can_ask_for_link, can_fill_in, can_use_link
from consultation.readers.guests import guest_at, read_link
from consultation.readers.holders import is_confidential
from consultation.readers.seats import Seat, seat_of_guest
from mail import addresses
from mail.models import Address
from mail.outbox import queue_mail


class LinkWornOut(DomainError):
    """A link that opens nothing: another was used since, or it is none of ours."""

    def __init__(self) -> None:
        super().__init__("This link opens nothing any more. Ask for a new one.")


class MembersAnswerAsMembers(DomainError):
    """The address is that of a member whom the consultation asks."""


@transaction.atomic
def ask_for_link(consultation: Consultation, email: str, *, at: datetime) -> None:
    """Somebody typed this address into the form. A letter to it says what comes next; the page says the same whatever we know.
    One letter an hour. Raises Refused."""
    can_ask_for_link(consultation, at).enforce()
    address = addresses.address_for(email, at=at)
    key = f"{GUEST_MAIL}:{consultation.pk}:{at:%Y-%m-%dT%H}"
    queue_mail(address, kind=GUEST_MAIL, key=key, params={"consultation": consultation.pk}, at=at)


@transaction.atomic
def confirm_address(consultation: Consultation, token: str, *, at: datetime, sort: str = "", name: str = "") -> Seat:
    """Whoever reads the mailbox pressed the button: they may answer from now on, once, and change it. `sort` and `name` are
    asked the first time. A later link ends an earlier one. Safe twice. Raises LinkWornOut, MembersAnswerAsMembers, Refused."""
    found = read_link(consultation, token)
    if found is None:
        raise LinkWornOut
    consultation = hold_open(consultation.pk, one_by_one=f"guest {found[0].pk}")
    address, number = found
    guest = guest_at(consultation, address)
    if guest is None:
        can_ask_for_link(consultation, at).enforce()
        _enforce_no_member(consultation, address, at=at)
        guest = _welcome(consultation, address, number, sort=sort, name=name, at=at)
    elif guest.link > number:  # used since we looked
        raise LinkWornOut
    elif guest.link < number:
        guest.link = number
        guest.save(update_fields=["link"])
    can_use_link(seat_of_guest(guest), consultation).enforce()
    return seat_of_guest(guest)


def forget_guest(party: Party) -> None:
    """Inside a transaction, once nothing of theirs is left: who they were, and their address."""
    Guest.objects.filter(party=party).delete()
    party.delete()


def _welcome(consultation: Consultation, address: Address, number: int, *, sort: str, name: str, at: datetime) -> Guest:
    """Of a confidential one neither name nor address nor hour is written, nor the address's own row, whose transaction would be
    the same."""
    hidden = is_confidential(consultation)
    party = Party.objects.create(
        consultation=consultation,
        kind=Party.Kind.PUBLIC,
        sort=sort if sort in Party.PublicSort.values else Party.PublicSort.OTHER,
        name="" if hidden else " ".join(name.split())[:150],
        created_at=moment_kept(consultation, at),
    )
    if hidden:
        whose: dict[str, object] = {"address_tag": tag_of_address(key_of(consultation), address.email)}
    else:
        whose = {"address": addresses.confirm(address, at=at)}
    told = {"party": party, "consultation": consultation, "link": number, "confirmed_at": moment_kept(consultation, at)}
    return Guest.objects.create(**told, **whose)


def _enforce_no_member(consultation: Consultation, address: Address, *, at: datetime) -> None:
    if address.account is not None and can_fill_in(address.account, consultation, at):
        raise MembersAnswerAsMembers(
            "This is the address of a member whom this consultation asks. Sign in and answer as a member."
        )
