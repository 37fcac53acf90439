"""Taking a decision back."""

from datetime import datetime

from django.db import transaction

from accounts.actions.sanctions import lift_sanction
from accounts.models import User
from common import audit
from forum.actions.restoring import publish_post, publish_topic, unhide_post, unhide_topic
from forum.actions.silencing import lift_silence
from forum.actions.topics import unlock_topic
from forum.models import Post, Silence, Topic
from moderation.actions.claiming import locked_case
from moderation.actions.errors import NothingToReverse
from moderation.models import Act, Case, Decision
from moderation.subjects import persona_of
from notifications.events import record_event


@transaction.atomic
def reverse_decision(case: Case, *, by: User, reason: str, at: datetime) -> Decision:
    """Undo what the decision on this case did, as far as it still stands: what was hidden is on show, what was refused is
    published, what was locked is open, a sanction is lifted. The decision stays, with who reversed it and why, and the author is
    told. Raises NothingToReverse, Refused."""
    case = locked_case(case, by)
    decision = Decision.objects.select_related("sanction").select_for_update(of=("self",)).filter(case=case).first()
    if decision is None or not decision.can_be_reversed:
        raise NothingToReverse("There is nothing to take back: it was reversed already, or nothing was done.")
    reason = reason.strip()
    if not reason or len(reason) > 500:
        raise NothingToReverse("Give a reason of at most 500 characters: the person concerned is told.")
    if decision.sanction is not None and decision.sanction.lifted_at is None:
        lift_sanction(decision.sanction, by=by, reason=reason, at=at)
    for act in decision.acts:
        _undo(case, decision, Act(act), by=by, at=at)
    decision.reversed_at, decision.reversed_by, decision.reverse_reason = at, by, reason
    decision.save(update_fields=["reversed_at", "reversed_by", "reverse_reason"])
    audit.record("case.reverse", subject=("case", case.pk), by=by.pk, at=at, reason=reason)
    record_event("moderation.reversed", at=at, by=by.pk, case=case.pk)
    return decision


def _undo(case: Case, decision: Decision, act: Act, *, by: User, at: datetime) -> None:
    """What its author took back meanwhile, or another moderator did since, stays as it is; so does what has no words any more."""
    post, topic = case.post, case.topic
    if post is not None and act in (Act.HIDE, Act.REFUSE):
        if post.state == Post.State.HIDDEN and post.removed_at == decision.at and post.words_gone_at is None:
            (unhide_post if act == Act.HIDE else publish_post)(post, by=by, at=at)
    elif topic is not None and act in (Act.HIDE_TOPIC, Act.REFUSE):
        if topic.state == Topic.State.HIDDEN:
            (unhide_topic if act == Act.HIDE_TOPIC else publish_topic)(topic, by=by, at=at)
    elif act == Act.SUSPEND and decision.about_id is None:
        for silence in Silence.objects.filter(persona=persona_of(post, topic), imposed_at=decision.at):
            lift_silence(silence, by=by, at=at)
    elif topic is not None and act == Act.LOCK and topic.locked_at == decision.at:
        unlock_topic(topic, by=by, at=at)
