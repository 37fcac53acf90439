"""Sending a ballot: it is in and the ledger says so, or neither."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from consultation.actions.holders import facts_with
from consultation.actions.holding import hold_for_a_ballot
from consultation.actions.submitting import NothingToSend, checked
from consultation.detachment import draft_name, room_for, sealed
from consultation.models import Ballot, BallotBox, Consultation, Ledger, SealedDraft
from consultation.readers.ballots import about_ballot, begun_by, box_key, mark_of_member
from consultation.readers.questionnaires import questionnaire_of


@transaction.atomic
def cast_ballot(consultation: Consultation, *, by: User, at: datetime, key: bytes | None) -> bool:
    """Send what this member has begun in the browser that holds `key`, once and for good: a ballot that leads to nobody, one
    boolean in the ledger, and the draft is gone. True where this did it; False where their ballot was in already, so that
    sending twice, or twice at once, sends one. No event, no audit, no mail: what stood beside the ballot would lead to it.
    Raises IncompleteAnswers, NothingToSend, ConsultationClosed, Refused."""
    _follow_their_other_window(consultation, by)
    if mark_of_member(consultation, by.pk) == "took part":
        return False
    version = hold_for_a_ballot(consultation, by=by, at=at)
    begun = begun_by(by.pk, consultation, key)
    if begun is None or key is None:
        raise NothingToSend("There is nothing to send yet, in this browser: answer the first question.")
    answers = checked(version, begun.given, by=by)
    facts = facts_with(consultation, by)
    room = room_for(questionnaire_of(version).questions)
    told = sealed({"answers": answers, "facts": facts}, key=_key_of(consultation), about=about_ballot(consultation), room=room)
    Ledger.objects.filter(consultation=consultation, user=by, took_part=False).update(took_part=True)
    Ballot.objects.create(consultation=consultation, sealed=told)
    SealedDraft.objects.filter(pk=draft_name(key, consultation=consultation.pk, member=by.pk)).delete()
    return True


def _follow_their_other_window(consultation: Consultation, by: User) -> None:
    """Two windows of one member follow each other, by a lock of their row in the ledger: of no other row of theirs."""
    Ledger.objects.select_for_update(of=("self",)).filter(consultation=consultation, user=by).first()


def _key_of(consultation: Consultation) -> bytes:
    key = box_key(BallotBox.objects.get(consultation=consultation))
    assert key is not None, "the box of an open consultation has its key"
    return key
