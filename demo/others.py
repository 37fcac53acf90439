"""Who else answers the demo's open consultation: an organisation that is being written for, and an answer that came by e-mail."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from accounts.models import User
from common.clock import london_day
from consultation.actions.answering import save_answers
from consultation.actions.entries import Source, begin_entry, hand_in_entry
from consultation.actions.organisations import Statement, ask_colleague, begin_for_organisation, join_colleagues
from consultation.models import Consultation, Eligible, Response
from consultation.readers.answers import paper_of
from consultation.readers.seats import Seat, seat_at, seat_of_entry
from questions.definitions import Given

_BRACKWATER = Statement(
    name="Brackwater Network of Practices",
    sort="network",
    on_behalf_of="its seven practices",
    authority="Asked by the network’s board in October",
    agreed="Put to the managers’ meeting; one of seven disagreed about the fee",
    speaks_for=7,
)
_LETTER = """From: a manager who is not at ease with web forms

Good afternoon, I was told that an e-mail will do. My answers are below, as far as I have any.
Please put them where they belong.
"""


def load_others(consultation: Consultation, people: Mapping[str, User], *, loaded_at: datetime) -> None:
    """Begun by the member of the demo's sign-in page with a colleague; typed by its organiser, so that another may check it."""
    at = loaded_at - timedelta(days=1)
    nettie, other = people["nettie-brackwater"], _a_colleague(consultation, people)
    party = begin_for_organisation(consultation, _BRACKWATER, by=nettie, at=at)
    seat = seat_at(party, nettie)
    ask_colleague(seat, other, by=nettie, at=at)
    join_colleagues(party, by=other, at=at)
    save_answers(consultation, _first_choices(seat, consultation, 3), by=seat_at(party, other), at=at)
    organiser = people["corwin-tallantyre"]
    given = _first_choices(seat, consultation, 5)
    source = Source("mail", london_day(at), "\n".join((_LETTER, *_in_words(seat, consultation, given))))
    entry = begin_entry(consultation, _silent(consultation), source, by=organiser, at=at)
    save_answers(consultation, given, by=seat_of_entry(entry, organiser), at=at)
    hand_in_entry(entry, consent="analysis", by=organiser, at=at)


def _a_colleague(consultation: Consultation, people: Mapping[str, User]) -> User:
    members = Eligible.objects.filter(consultation=consultation, user__in=[user.pk for user in people.values()])
    known = [people["nettie-brackwater"], people["corwin-tallantyre"]]
    return members.exclude(user__in=known).select_related("user").order_by("user").first().user  # type: ignore[union-attr]


def _silent(consultation: Consultation) -> User:
    answered = Response.objects.filter(consultation=consultation).of_members().values("user")
    return Eligible.objects.filter(consultation=consultation).exclude(user__in=answered).order_by("-user").first().user  # type: ignore[union-attr]


def _first_choices(seat: Seat, consultation: Consultation, number: int) -> dict[str, Given | None]:
    asked = [each for each in paper_of(seat, consultation).path.questions if each.kind == "single_choice"]
    return {each.key: each.choices[index % len(each.choices)].key for index, each in enumerate(asked[:number])}


def _in_words(seat: Seat, consultation: Consultation, given: Mapping[str, Given | None]) -> list[str]:
    asked = {each.key: each for each in paper_of(seat, consultation).questionnaire.questions}
    return [f"{asked[key].text} {asked[key].labels[str(value)]}." for key, value in given.items()]
