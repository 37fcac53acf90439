"""What somebody answered, for them to take along (settings.PERSONAL_DATA)."""

from typing import Any

from django.db.models import Q

from consultation.models import Colleague, Consultation, Draft, DraftAnswer, Ledger, Response
from consultation.readers.holders import held_by, is_detached


def own_answers(user_id: int) -> dict[str, Any]:
    """Of named consultations, of confidential ones as long as their key is kept, and of organisations only that they have a seat.
    Of detached ones only that they took part: nobody can find the ballot, nor what was begun."""
    answered = []
    for consultation in _where(user_id):
        who = held_by(consultation, user_id)
        sent = Response.objects.filter(who, consultation=consultation).order_by("revision")
        drafts = Draft.objects.filter(who, version__consultation=consultation)
        given = DraftAnswer.objects.filter(draft__in=drafts).order_by("question")
        told = {
            "consultation": consultation.title,
            "identity": consultation.get_identity_mode_display(),
            "sent": [_told(response) for response in sent],
            "begun": list(given.values("question__text", "value")),
        }
        if told["sent"] or told["begun"]:
            answered.append(told)
    seats = Colleague.objects.filter(user=user_id).order_by("pk")
    took_part = Ledger.objects.filter(user=user_id, took_part=True).order_by("consultation")
    return {
        "answers": answered,
        "organisations": list(seats.values("party__name", "party__consultation__title", "joined_at", "ended_at")),
        "detached": list(took_part.values("consultation__title")),
    }


def _where(user_id: int) -> list[Consultation]:
    sent = Response.objects.filter(user=user_id).values("consultation")
    drafted = Draft.objects.filter(user=user_id).values("version__consultation")
    named = Q(pk__in=sent) | Q(pk__in=drafted)
    rows = Consultation.objects.filter(named | Q(identity_mode=Consultation.Identity.CONFIDENTIAL)).order_by("pk")
    return [row for row in rows if not is_detached(row)]


def _told(response: Response) -> dict[str, Any]:
    receipt = getattr(response, "receipt", None)
    return {
        "reference": response.reference,
        "revision": response.revision,
        "is_current": response.is_current,
        "sent_at": response.submitted_at,
        "consent": response.get_consent_display(),
        "answers": list(response.answers.order_by("question").values("question__text", "value")),
        "receipt": receipt and {"nonce": bytes(receipt.nonce).hex(), "leaf": bytes(receipt.leaf).hex()},
    }
