"""A consultation that is written, reviewed and opened as people do it, and closed by the clock; what was answered comes between
(`responses`)."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.db import connection

from accounts.models import Facts, RoleGrant, User
from consultation.actions.audience import change_audience
from consultation.actions.bringing import write_from
from consultation.actions.closing import close_what_is_due
from consultation.actions.opening import open_consultation
from consultation.actions.options import discard_option
from consultation.actions.participation import publish_participation
from consultation.actions.reviewing import approve_draft, ask_for_review
from consultation.actions.writing import change_details
from consultation.calendar import last_day
from consultation.models import Consultation, Eligible, Leaf
from consultation.readers.exchange import starters
from consultation.readers.reviewing import text_digest
from demo.town.answers import STARTER, made_members
from demo.town.copying import Row, copy_rows, set_sequences
from demo.town.people import offices
from demo.town.plan import Plan
from demo.town.stages.shape import Rows, Stage
from demo.town.tables import ANSWERED, TABLES
from forum.models import Category
from notifications.models import Event

TITLE = "Which routes to accreditation should the institute build?"
_FACTS = ("nation", "list_size", "job", "years", "region", "grade")


def _once(plan: Plan) -> Sequence[range]:
    """One part, and none in a town without responses."""
    return [range(1, 2)] if plan.responses else []


def _open(plan: Plan, _: range) -> Rows:
    """Who becomes a member for it, then the steps of its life by the actions that organisers use."""
    members, joined = made_members(plan), plan.begin - timedelta(days=10)
    facts = (("user_id", *_FACTS, "sources", "audience", "updated_at"), _facts(plan))
    yield "voters", copy_rows(Facts, *facts)
    set_sequences([*TABLES, *ANSWERED])
    copy_rows(RoleGrant, ("user_id", "role", "granted_at"), ((each.user, "member", joined) for each in members))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_rolegrant, accounts_facts")
    consultation = _opened(plan)
    Event.objects.unexpanded().update(expanded_at=plan.end)  # nobody is told of what happened in a story
    yield "eligible", Eligible.objects.filter(consultation=consultation).count()


def _opened(plan: Plan) -> Consultation:
    held, opens = offices(plan), plan.end - timedelta(days=60)
    people = User.objects.with_roles()
    organiser, director = people.get(pk=held.organisers[0]), people.get(pk=held.directors[0])
    written = opens - timedelta(days=20)
    starter = starters()[STARTER].written
    consultation = write_from(starter, title=TITLE, by=organiser, at=written)
    told = {name: getattr(consultation, name) for name in ("title", "lede", "single_option_reason", "identity_mode")}
    told |= {"background": "Nobody outside can tell a good manager from a **lucky** one.", "asked_by": "The standards committee"}
    told |= {"effects": "Small practices have nobody to release; networks assess across borders.", "days": 42}
    told |= {"no_documents_reason": "All that is known is told above."}
    change_details(consultation, by=organiser, at=written, **told)
    change_audience(consultation, organisations=True, by=organiser, at=written)
    discard_option(consultation, name="A licence", reason="The institute cannot create one.", by=organiser, at=written)
    ask_for_review(consultation, by=organiser, at=written)
    consultation.refresh_from_db()
    approve_draft(consultation, digest=text_digest(consultation), by=director, at=written)
    consultation.refresh_from_db()
    category = Category.objects.get(pk=1)
    return open_consultation(consultation, category=category, by=organiser, at=opens, closes_on=last_day(opens, 42))


def _facts(plan: Plan) -> Iterator[Row]:
    joined = plan.begin - timedelta(days=10)
    for each in made_members(plan):
        told = {name: getattr(each.line, name) for name in _FACTS}
        sources = {name: {"source": "declared", "at": joined.isoformat()} for name in _FACTS if told[name]}
        yield each.user, *told.values(), sources, {}, joined


def _close(plan: Plan, _: range) -> Rows:
    """The figures of its last morning, and the work of the close."""
    consultation = Consultation.objects.get()
    set_sequences(ANSWERED)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE consultation_response, consultation_answer, consultation_receipt, consultation_eligible")
    assert consultation.closes_at is not None
    publish_participation(at=consultation.closes_at - timedelta(hours=6))
    close_what_is_due(at=consultation.closes_at + timedelta(minutes=1))
    Event.objects.unexpanded().update(expanded_at=plan.end)
    yield "leaves", Leaf.objects.filter(consultation=consultation).count()


CONSULTATION = Stage("consultation", _once, _open)
CLOSE = Stage("close", _once, _close)
