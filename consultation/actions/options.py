"""The options that are put to the members, those that are not, and what there is to read."""

from datetime import datetime
from string import ascii_uppercase
from typing import TypedDict, Unpack

from accounts.models import User
from common.errors import DomainError
from consultation.actions.drafting import changing
from consultation.keys import free_key
from consultation.models import Consultation, Discarded, Document, Option
from consultation.ordering import Direction, close_gap, move, next_position


class TooManyOptions(DomainError):
    """Letters run from A to Z."""


class OptionFacts(TypedDict, total=False):
    """What is said of an option; all text."""

    name: str
    summary: str
    assessment: str
    evidence: str
    entry: str
    time: str
    cost: str
    renewal: str
    awarding_body: str
    level: str
    suits: str
    suits_not: str


def add_option(consultation: Consultation, *, by: User, at: datetime, key: str = "", **facts: Unpack[OptionFacts]) -> Option:
    """Put one more option, last, under the next letter. `key` is made from the name where it is not given."""
    with changing(consultation.pk, "add_option", by=by, at=at, name=facts["name"]) as locked:
        position = next_position(locked.options.all())
        if position > len(ascii_uppercase):
            raise TooManyOptions("There are letters for 26 options. Take one out first.")
        return Option.objects.create(
            consultation=locked,
            position=position,
            letter=ascii_uppercase[position - 1],
            key=key or free_key(facts["name"], locked.options.values_list("key", flat=True)),
            **facts,
        )


def change_option(option: Option, *, by: User, at: datetime, **facts: Unpack[OptionFacts]) -> Option:
    """Say other things of an option. What is not named stays."""
    with changing(option.consultation_id, "change_option", by=by, at=at, option=option.pk, changed=sorted(facts)):
        for name, value in facts.items():
            setattr(option, name, value)
        option.save(update_fields=list(facts))
        return option


def move_option(option: Option, direction: Direction, *, by: User, at: datetime) -> None:
    """Change places with the neighbour. Letters follow the order while it is a draft."""
    with changing(option.consultation_id, "move_option", by=by, at=at, option=option.pk, direction=direction) as consultation:
        if move(consultation.options.all(), option.pk, direction):
            _letter_anew(consultation)


def remove_option(option: Option, *, by: User, at: datetime) -> None:
    """Take it out; those after it move up, letters too."""
    with changing(option.consultation_id, "remove_option", by=by, at=at, name=option.name) as consultation:
        position = Option.objects.get(pk=option.pk).position
        option.delete()
        close_gap(consultation.options.all(), position)
        _letter_anew(consultation)


def discard_option(consultation: Consultation, *, name: str, reason: str, by: User, at: datetime) -> Discarded:
    """Tell of a route that was looked at and is not put to the members, and why."""
    with changing(consultation.pk, "discard_option", by=by, at=at, name=name) as locked:
        position = next_position(locked.discarded.all())
        return Discarded.objects.create(consultation=locked, position=position, name=name, reason=reason)


def remove_discarded(discarded: Discarded, *, by: User, at: datetime) -> None:
    """Tell no more that it was ruled out."""
    with changing(discarded.consultation_id, "remove_discarded", by=by, at=at, name=discarded.name):
        discarded.delete()


def add_document(consultation: Consultation, *, title: str, url: str, by: User, at: datetime, note: str = "") -> Document:
    """Something to read before answering; `url` is https://… or a path on this site."""
    with changing(consultation.pk, "add_document", by=by, at=at, title=title, url=url) as locked:
        position = next_position(locked.documents.all())
        return Document.objects.create(consultation=locked, position=position, title=title, url=url, note=note)


def remove_document(document: Document, *, by: User, at: datetime) -> None:
    """Link it no more."""
    with changing(document.consultation_id, "remove_document", by=by, at=at, title=document.title):
        document.delete()


def _letter_anew(consultation: Consultation) -> None:
    for option in consultation.options.order_by("position"):
        letter = ascii_uppercase[option.position - 1]
        if option.letter != letter:
            Option.objects.filter(pk=option.pk).update(letter=letter)
