"""The options that are put to the members, those that are not, and what there is to read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from string import ascii_uppercase
from typing import Any, TypedDict, Unpack

from django.db.models import QuerySet

from accounts.models import User
from common.errors import DomainError
from consultation.actions.drafting import changing
from consultation.keys import free_key
from consultation.models import Consultation, Discarded, Document, Option
from consultation.ordering import Direction, close_gap, insert, move, next_position


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


def change_option(option: Option, *, by: User, at: datetime, as_seen: str = "", **facts: Unpack[OptionFacts]) -> Option:
    """Say other things of an option. What is not named stays. Raises ChangedMeanwhile where it is not `as_seen` any more."""
    told = {"option": option.pk, "changed": sorted(facts)}
    with changing(option.consultation_id, "change_option", by=by, at=at, row=option, as_seen=as_seen, **told):
        for name, value in facts.items():
            setattr(option, name, value)
        option.save(update_fields=list(facts))
        return option


def move_option(option: Option, direction: Direction, *, by: User, at: datetime) -> None:
    """Change places with the neighbour. Letters follow the order while it is a draft."""
    with changing(
        option.consultation_id, "move_option", by=by, at=at, row=option, option=option.pk, direction=direction
    ) as consultation:
        if move(consultation.options.all(), option.pk, direction):
            _letter_anew(consultation)


def place_option(option: Option, *, position: int, by: User, at: datetime) -> None:
    """Put it there, counted from 1; further than the last is last. Letters follow the order."""
    with changing(
        option.consultation_id, "place_option", by=by, at=at, row=option, option=option.pk, position=position
    ) as consultation:
        insert(consultation.options.all(), option.pk, position)
        _letter_anew(consultation)


def remove_option(option: Option, *, by: User, at: datetime) -> None:
    """Take it out; those after it move up, letters too."""
    with changing(option.consultation_id, "remove_option", by=by, at=at, row=option, name=option.name) as consultation:
        position = option.position
        option.delete()
        close_gap(consultation.options.all(), position)
        _letter_anew(consultation)


def discard_option(consultation: Consultation, *, name: str, reason: str, by: User, at: datetime) -> Discarded:
    """Tell of a route that was looked at and is not put to the members, and why."""
    with changing(consultation.pk, "discard_option", by=by, at=at, name=name) as locked:
        position = next_position(locked.discarded.all())
        return Discarded.objects.create(consultation=locked, position=position, name=name, reason=reason)


def change_discarded(discarded: Discarded, *, name: str, reason: str, by: User, at: datetime, as_seen: str = "") -> Discarded:
    """Tell it in other words. Raises ChangedMeanwhile where it is not `as_seen` any more."""
    told = {"before": discarded.name, "name": name}
    with changing(discarded.consultation_id, "change_discarded", by=by, at=at, row=discarded, as_seen=as_seen, **told):
        discarded.name, discarded.reason = name, reason
        discarded.save(update_fields=["name", "reason"])
        return discarded


def remove_discarded(discarded: Discarded, *, by: User, at: datetime) -> None:
    """Tell no more that it was ruled out."""
    with changing(discarded.consultation_id, "remove_discarded", by=by, at=at, row=discarded, name=discarded.name):
        discarded.delete()


def add_document(consultation: Consultation, *, title: str, url: str, by: User, at: datetime, note: str = "") -> Document:
    """Something to read before answering; `url` is https://… or a path on this site."""
    with changing(consultation.pk, "add_document", by=by, at=at, title=title, url=url) as locked:
        position = next_position(locked.documents.all())
        return Document.objects.create(consultation=locked, position=position, title=title, url=url, note=note)


def change_document(
    document: Document, *, title: str, url: str, note: str, by: User, at: datetime, as_seen: str = ""
) -> Document:
    """Another name, address or length of what there is to read. Raises ChangedMeanwhile where it is not `as_seen` any more."""
    told = {"title": title, "url": url}
    with changing(document.consultation_id, "change_document", by=by, at=at, row=document, as_seen=as_seen, **told):
        document.title, document.url, document.note = title, url, note
        document.save(update_fields=["title", "url", "note"])
        return document


def move_part(part: Discarded | Document, direction: Direction, *, by: User, at: datetime) -> None:
    """Change places with the neighbour: of what was ruled out, or of what there is to read."""
    with _arranging("move", part, by=by, at=at, direction=direction) as others:
        move(others, part.pk, direction)


def place_part(part: Discarded | Document, *, position: int, by: User, at: datetime) -> None:
    """Put it there among its like, counted from 1; further than the last is last."""
    with _arranging("place", part, by=by, at=at, position=position) as others:
        insert(others, part.pk, position)


def remove_document(document: Document, *, by: User, at: datetime) -> None:
    """Link it no more."""
    with changing(document.consultation_id, "remove_document", by=by, at=at, row=document, title=document.title):
        document.delete()


@contextmanager
def _arranging(
    verb: str, part: Discarded | Document, *, by: User, at: datetime, **told: Any
) -> Iterator["QuerySet[Discarded] | QuerySet[Document]"]:
    """What is put in order within the block: all of its kind."""
    kind, named = ("document", {"title": part.title}) if isinstance(part, Document) else ("discarded", {"name": part.name})
    with changing(part.consultation_id, f"{verb}_{kind}", by=by, at=at, row=part, **named, **told) as locked:
        yield locked.documents.all() if isinstance(part, Document) else locked.discarded.all()


def _letter_anew(consultation: Consultation) -> None:
    for option in consultation.options.order_by("position"):
        letter = ascii_uppercase[option.position - 1]
        if option.letter != letter:
            Option.objects.filter(pk=option.pk).update(letter=letter)
