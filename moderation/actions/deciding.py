"""Ending a case: what is done, why, and who is told."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.actions.sanctions import impose_sanction
from accounts.models import Sanction, User
from accounts.permissions import can_sanction
from common import audit
from forum.actions.removal import hide_post
from forum.actions.restoring import publish_post, publish_topic
from forum.actions.silencing import silence_persona
from forum.actions.topics import hide_topic, lock_topic
from forum.models import Post, Topic
from forum.permissions import can_silence
from moderation import permissions
from moderation.actions.claiming import locked_case
from moderation.actions.errors import CaseDecided, CaseTaken, DecisionUnclear
from moderation.actions.opening import open_case
from moderation.choosing import problem_of
from moderation.models import Act, Case, Decision
from moderation.permissions import Thing
from moderation.subjects import persona_of
from notifications.events import record_event


@transaction.atomic
def decide_case(
    case: Case, *, by: User, acts: Collection[str], reason: str, at: datetime, note: str = "", ends_at: datetime | None = None
) -> Decision:
    """Do these acts, close the case, and have the author and the reporters told. `reason` goes to the author, and stands where a
    hidden post stood; `ends_at` ends a suspension. All or nothing. Raises DecisionUnclear, CaseDecided, CaseTaken, Refused,
    and what the acts themselves raise."""
    case = locked_case(case, by)
    if not case.is_open:
        raise CaseDecided("This case is decided already. Nothing was done a second time.")
    if case.claimed_by_another(by.pk, at):
        raise CaseTaken(f"{case.claimed_by} is working on this. Take it over first, where you have agreed on that.")
    reason, wanted = reason.strip(), [act for act in Act if act.value in acts]
    problem = problem_of(frozenset(acts), allowed=acts_for(by, case), reason=reason, has_end=ends_at is not None)
    if problem:
        raise DecisionUnclear(problem)
    sanction = None
    for act in wanted:
        if act == Act.SUSPEND and case.about is None:
            _silence(case, by=by, reason=reason, at=at, ends_at=ends_at)
        elif act in (Act.WARN, Act.SUSPEND):
            sanction = _sanction(case, act, by=by, reason=reason, at=at, ends_at=ends_at)
        else:
            _carry_out(case, act, by=by, reason=reason, at=at)
    decision = Decision.objects.create(
        case=case, about=case.about, acts=wanted, reason=reason, note=note.strip()[:500], sanction=sanction, at=at, by=by
    )
    case.decided_at = at
    case.save(update_fields=["decided_at"])
    audit.record("case.decide", subject=("case", case.pk), by=by.pk, at=at, acts=[act.value for act in wanted], reason=reason)
    record_event("moderation.decided", at=at, by=by.pk, case=case.pk)
    return decision


@transaction.atomic
def decide_at_once(
    thing: Thing, *, by: User, acts: Collection[str], reason: str, at: datetime, note: str = "", ends_at: datetime | None = None
) -> Decision:
    """What a moderator comes across: the open case about it, or a new one, decided in one step. Raises what decide_case does."""
    permissions.can_act_on(by, thing).enforce()
    case, _ = open_case(thing, origin=Case.Origin.FOUND, at=at, by=by)
    return decide_case(case, by=by, acts=acts, reason=reason, note=note, at=at, ends_at=ends_at)


def acts_for(by: User, case: Case) -> list[Act]:
    """What this person may choose from for a case as it stands, in the order of a form."""
    return _choices(by, case.post, case.topic, case.about)


def acts_on(by: User, thing: Thing) -> list[Act]:
    """The same for a thing without a case."""
    if isinstance(thing, User):
        return _choices(by, None, None, thing)
    post, topic = (thing, thing.topic) if isinstance(thing, Post) else (None, thing)
    return _choices(by, post, topic, thing.author)


def _choices(by: User, post: Post | None, topic: Topic | None, about: User | None) -> list[Act]:
    """Sanctions only by who may sanction; of a persona, who is not known, there is one: it is silenced."""
    state = post.state if post is not None else topic.state if topic is not None else ""
    acts = [Act.PUBLISH, Act.REFUSE] if state == "pending" else [Act.NOTHING]
    if state == "published":
        acts.append(Act.HIDE if post is not None else Act.HIDE_TOPIC)
    if topic is not None and topic.state == Topic.State.PUBLISHED and not topic.is_locked and state != "pending":
        acts.append(Act.LOCK)
    if about is not None and can_sanction(by, about):
        acts += [Act.WARN, Act.SUSPEND]
    persona = persona_of(post, topic)
    if about is None and persona is not None and state != "pending" and can_silence(by, persona):
        acts.append(Act.SUSPEND)
    return acts


def _carry_out(case: Case, act: Act, *, by: User, reason: str, at: datetime) -> None:
    post, topic = case.post, case.topic
    if post is not None and act in (Act.HIDE, Act.REFUSE):
        hide_post(post, by=by, reason=reason, at=at)
    elif post is not None and act == Act.PUBLISH:
        publish_post(post, by=by, at=at)
    elif topic is not None and act == Act.LOCK:
        lock_topic(topic, by=by, reason=reason, at=at)
    elif topic is not None and act == Act.PUBLISH:
        publish_topic(topic, by=by, at=at)
    elif topic is not None and act in (Act.HIDE_TOPIC, Act.REFUSE):
        if act == Act.REFUSE:
            hide_post(Post.objects.get(topic=topic, number=1), by=by, reason=reason, at=at)
        hide_topic(topic, by=by, reason=reason, at=at)


def _silence(case: Case, *, by: User, reason: str, at: datetime, ends_at: datetime | None) -> None:
    """Whoever is behind the persona, and nobody learns who."""
    persona = persona_of(case.post, case.topic)
    assert persona is not None
    assert ends_at is not None
    silence_persona(persona, by=by, reason=reason, ends_at=ends_at, at=at)


def _sanction(case: Case, act: Act, *, by: User, reason: str, at: datetime, ends_at: datetime | None) -> Sanction:
    assert case.about is not None
    kind = Sanction.Kind.WARNING if act == Act.WARN else Sanction.Kind.SUSPENSION
    return impose_sanction(case.about, kind=kind, reason=reason, by=by, at=at, ends_at=ends_at)
