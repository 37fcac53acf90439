"""The weekly as a letter: written once for all who get the same, with slots for what is each reader's own."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string

from common.html_reading import plain_text
from common.markdown import as_html, for_mail
from digest.links import edition_link, leave_by_mail, manage_link
from digest.models import Delivery, Edition, Item
from digest.notes import note_text
from digest.sections import Part, Section, empty_words, sections_of
from digest.slowing import USUAL
from digest.streams import WEEKLY, masthead_of
from digest.words import comes, long_day, month_and_year
from mail.kinds import Letter
from mail.messages import inline, letter_from
from mail.molds import mark

SENDER_ID: Final = "plenaryweekly"
"""Feedback-ID's last part: stable, 5 to 15 letters, the same for every run."""
SLOTS: Final = ("leave", "manage", "web", "day", "rhythm", "since", "quiet", "personal_html", "personal_text")
"""What is each reader's own, by the names under which the templates print it."""
_NONCE: Final = secrets.token_hex(8)
_PERSONAL: Final = "personal"


@dataclass(frozen=True, slots=True)
class Secrets:
    """What goes into the links of one delivery."""

    unsubscribe: str
    pause: str


@dataclass(frozen=True, slots=True)
class Own:
    """A reader's own parts, drawn: HTML with the styles on its elements, and text. `has_news`: not only that there are none."""

    html: str
    text: str
    has_news: bool = True


def body_letter(
    edition: Edition,
    items: Sequence[Item],
    *,
    subject: str,
    at: datetime,
    chosen: bool = False,
    personal: bool = False,
    pace: str = USUAL,
) -> Letter:
    """The letter of all who get these items, with `mark(slot)` where each reader's own goes. `items` are those that they
    may see now, in order; `subject` names none that a visitor may not; deadlines are told as of `at`; `personal`: with a place
    for replies to the reader; `pace`: where it is not the usual one, they are told why."""
    context = body_context(edition, items, subject=subject, at=at, chosen=chosen, personal=personal, pace=pace)
    return replace(letter_from("digest/mail/weekly", context), headers=shared_headers(edition))


def body_context(
    edition: Edition,
    items: Sequence[Item],
    *,
    subject: str,
    at: datetime,
    chosen: bool = False,
    personal: bool = False,
    pace: str = USUAL,
) -> dict[str, object]:
    """What the letter's templates print."""
    own = [Section(_PERSONAL, [Part(as_html(""), "")])] if personal else []
    return {
        **edition_context(edition, sections_of(items, at=at, personal=own), chosen=chosen),
        **{slot: as_html(mark(slot)) for slot in SLOTS},
        "subject_line": subject,
        "slowed": "" if pace == USUAL else pace,
    }


def slot_values(delivery: Delivery, own: Own | None, keys: Secrets, *, at: datetime) -> dict[str, str]:
    """What one reader finds in the slots: text, but for `personal_html`."""
    mine = delivery.subscription
    return {
        "day": long_day(at),
        "web": edition_link(delivery.edition, read_by=delivery.pk if mine.stream == WEEKLY else None),
        "leave": manage_link(keys.unsubscribe),
        "manage": manage_link(keys.pause),
        "since": long_day(mine.confirmed_at) if mine.confirmed_at else "",
        "rhythm": comes(mine.stream, weekday=mine.weekday, hour=mine.local_hour, tz=mine.tz, pace=mine.pace),
        "quiet": month_and_year(mine.read_at) if mine.pace != USUAL else "",
        "personal_html": as_html(own.html) if own else "",
        "personal_text": own.text if own else "",
    }


def own_parts(personal: Mapping[int, Sequence[Section]]) -> dict[int, Own]:
    """The readers' own parts by delivery, drawn together: the styles are written onto the elements of all of them at once."""
    if not personal:
        return {}
    edge = f"edge{_NONCE}"
    drawn = inline(render_to_string("digest/mail/_personal.html", {"letters": list(personal.values()), "edge": edge}))
    pieces = drawn.split(f"<!--{edge}-->")[1:-1]
    return {
        pk: Own(piece.strip(), _text_of(personal[pk]), has_news=_has_news(personal[pk]))
        for pk, piece in zip(personal, pieces, strict=True)
    }


def edition_context(edition: Edition, sections: Sequence[Section], *, chosen: Collection[int] | bool) -> dict[str, object]:
    """What mail and web page say alike."""
    note = edition.editors_note_html
    return {
        "edition": edition,
        "headline": edition.heading,
        "masthead": masthead_of(edition.stream),
        "note": as_html(for_mail(note, site=settings.SITE_URL)) if note else "",
        "opening": " ".join(plain_text(note).split()) if note else "",
        "note_text": note_text(note) if note else "",
        "editor": edition.editor.display_name if edition.editor and note else "",
        "sections": sections,
        "empty": "" if sections else empty_words(edition.stream, has_note=bool(note), chose_categories=bool(chosen)),
    }


def shared_headers(edition: Edition) -> dict[str, str]:
    """The headers that all letters of an edition have alike."""
    return {
        "Reply-To": settings.REPLY_TO,
        "List-Id": f"Plenary {masthead_of(edition.stream)} <{edition.stream}.{settings.MAIL_DOMAIN}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Archive": f"<{edition_link(edition)}>",
        "Precedence": "bulk",
    }


def delivery_headers(delivery: Delivery, keys: Secrets) -> dict[str, str]:
    """The headers that are this delivery's own."""
    edition, stream = delivery.edition, delivery.edition.stream
    leave = manage_link(keys.unsubscribe)
    return {
        "List-Unsubscribe": f"<{leave}>, <{leave_by_mail(delivery.pk, keys.unsubscribe)}>",
        "Feedback-ID": f"{delivery.run_id}:{stream}:{edition.number}:{SENDER_ID}",
        "X-Delivery-Id": str(delivery.pk),
    }


def _has_news(sections: Iterable[Section]) -> bool:
    return any(not part.is_silence for section in sections for part in section.parts)


def _text_of(sections: Iterable[Section]) -> str:
    return "\n\n\n".join(
        "\n\n".join([section.capitals, *(f"{part.due}\n{part.text}" if part.due else part.text for part in section.parts)])
        for section in sections
    )
