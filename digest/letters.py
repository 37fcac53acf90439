"""The weekly as one reader's letter."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings

from common.html_reading import plain_text
from common.markdown import as_html, for_mail
from digest.links import edition_link, leave_mailbox, manage_link
from digest.models import Delivery, Edition, Item
from digest.notes import note_text
from digest.sections import Section, empty_words, sections_of
from digest.words import day_and_hour, long_day
from mail.kinds import Letter
from mail.messages import letter_from

SENDER_ID: Final = "plenaryweekly"
"""Feedback-ID's last part: stable, 5 to 15 letters, the same for every run."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What goes into the links of one delivery."""

    unsubscribe: str
    pause: str


def weekly_letter(
    delivery: Delivery, items: Sequence[Item], personal: Sequence[Section], secrets: Secrets, *, subject: str, at: datetime
) -> Letter:
    """The letter of one delivery: `items` are those that its reader may see now, in order, and
    `subject` names none that a visitor may not."""
    edition, mine = delivery.edition, delivery.subscription
    sections = sections_of(items, at=at, personal=personal)
    context = {
        **edition_context(edition, sections, chosen=mine.categories),
        "day": long_day(at),
        "web": edition_link(edition),
        "leave": manage_link(secrets.unsubscribe),
        "manage": manage_link(secrets.pause),
        "since": long_day(mine.confirmed_at) if mine.confirmed_at else "",
        "rhythm": day_and_hour(mine.weekday, mine.local_hour),
        "subject_line": subject,
    }
    return letter_from("digest/mail/weekly", context, headers=_headers(delivery, secrets))


def edition_context(edition: Edition, sections: Sequence[Section], *, chosen: Collection[int]) -> dict[str, object]:
    """What mail and web page say alike."""
    note = edition.editors_note_html
    return {
        "edition": edition,
        "headline": edition.headline or "The week in Plenary",
        "note": as_html(for_mail(note, site=settings.SITE_URL)) if note else "",
        "opening": " ".join(plain_text(note).split()) if note else "",
        "note_text": note_text(note) if note else "",
        "editor": edition.editor.display_name if edition.editor and note else "",
        "sections": sections,
        "empty": "" if sections else empty_words(has_note=bool(note), chose_categories=bool(chosen)),
    }


def _headers(delivery: Delivery, secrets: Secrets) -> dict[str, str]:
    edition, stream = delivery.edition, delivery.edition.stream
    leave = manage_link(secrets.unsubscribe)
    return {
        "Reply-To": settings.REPLY_TO,
        "List-Id": f"Plenary Weekly <{stream}.{settings.MAIL_DOMAIN}>",
        "List-Unsubscribe": f"<{leave}>, <mailto:{leave_mailbox(delivery.pk)}?subject=unsubscribe>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Archive": f"<{edition_link(edition)}>",
        "Precedence": "bulk",
        "Feedback-ID": f"{delivery.run_id}:{stream}:{edition.number}:{SENDER_ID}",
        "X-Delivery-Id": str(delivery.pk),
    }
