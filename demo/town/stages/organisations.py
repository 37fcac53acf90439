"""Organisations that answer too, by the actions that their members use: few, so that each may take its statements."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from accounts.models import User
from consultation.actions.answering import save_answers
from consultation.actions.organisations import Statement, ask_colleague, begin_for_organisation, join_colleagues
from consultation.actions.submitting import submit_response
from consultation.models import Consultation
from consultation.permissions import can_join_colleagues
from consultation.readers.seats import Seat, seat_at
from demo.town.answers import Voter, answers_of, voters
from demo.town.copying import set_sequences
from demo.town.names import FAMILY
from demo.town.plan import Plan
from demo.town.stages.shape import Rows, Stage
from demo.town.tables import ANSWERED
from notifications.models import Event

_SORTS = (
    ("network", "Primary Care Network", "the member practices"),
    ("committee", "Local Medical Committee", "the practices of its area"),
    ("federation", "Federation", "the practices that own it"),
    ("practice", "Surgery", "the partners"),
)


def _write(plan: Plan, part: range) -> Rows:
    """Each by two members; one in six is begun and never sent. They are one part."""
    del part
    set_sequences(ANSWERED)
    consultation = Consultation.objects.get()
    assert consultation.opened_at is not None
    writers, sent = _members(plan), 0
    for number in range(plan.organisations):
        (voter, first), second = next(writers), next(writers)[1]
        at = consultation.opened_at + timedelta(days=1 + number % 38, hours=number % 9)
        seat = _seat(consultation, _statement(number), first, second, at=at)
        save_answers(consultation, answers_of(plan, voter), by=seat, at=at + timedelta(hours=1))
        if number % 6 != 5:
            submit_response(consultation, by=seat, at=at + timedelta(hours=2), consent=("named", "analysis")[number % 3 == 2])
            sent += 1
    Event.objects.unexpanded().update(expanded_at=plan.end)
    yield "organisations", plan.organisations
    yield "organisation_responses", sent


def _members(plan: Plan) -> Iterator[tuple[Voter, User]]:
    """Who may write for one, in the order of the register."""
    found, people = voters(plan), User.objects.with_roles()
    for voter in found:
        user = people.get(pk=voter.user)
        if can_join_colleagues(user):
            yield voter, user


def _seat(consultation: Consultation, statement: Statement, first: User, second: User, *, at: datetime) -> Seat:
    seat = seat_at(begin_for_organisation(consultation, statement, by=first, at=at), first)
    assert seat.party is not None
    ask_colleague(seat, second, by=first, at=at)
    join_colleagues(seat.party, by=second, at=at + timedelta(minutes=30))
    return seat


def _statement(number: int) -> Statement:
    sort, what, whose = _SORTS[number % len(_SORTS)]
    return Statement(
        name=f"{FAMILY[number * 7 % len(FAMILY)]} {what}",
        sort=sort,
        on_behalf_of=whose,
        authority="Asked by its board",
        agreed="Put to a meeting, then to everybody by e-mail",
        speaks_for=4 + number % 30,
    )


ORGANISATIONS = Stage("organisations", lambda plan: [range(1, 2)] if plan.organisations else [], _write)
