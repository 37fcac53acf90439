"""Organisations that answer, for those who write for them and for organisers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from accounts.standing import Anyone, standing_of
from consultation.models import Colleague, Consultation, Draft, DraftAnswer, Party, Response
from consultation.questionnaire import Questionnaire
from consultation.readers.questionnaires import questionnaire_of, version_asked
from questions.definitions import Definition


@dataclass(frozen=True, slots=True)
class Written:
    """A question of the draft, with who answered it last, and when; `by` is None where nobody has, or who did is gone."""

    asked: Definition
    page: int
    is_answered: bool
    by: User | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """What colleagues see of the answer that they write: `mine` is the reader's own row. `namesakes`: answers for organisations
    of the same name in this consultation. `asks`: what was sent answers the questions as they were before a material change."""

    party: Party
    mine: Colleague
    colleagues: Sequence[Colleague]
    draft: Draft | None
    response: Response | None
    revisions: Sequence[Response]
    written: Sequence[Written]
    namesakes: int
    asks: bool

    @property
    def present(self) -> list[Colleague]:
        return [row for row in self.colleagues if row.is_in]

    @property
    def asked(self) -> list[Colleague]:
        return [row for row in self.colleagues if row.joined_at is None and row.ended_at is None]

    @property
    def answered(self) -> int:
        return sum(row.is_answered for row in self.written)


def table_of(user: Anyone, consultation: Consultation, pk: int) -> Table | None:
    """For whoever is in or is asked; None for everybody else, organisers included. Eight statements at most."""
    colleagues = Colleague.objects.filter(party=pk, party__consultation=consultation)
    rows = list(colleagues.select_related("party", "user", "invited_by", "ended_by"))
    me = standing_of(user).user_id
    mine = next((row for row in rows if row.user_id == me and row.ended_at is None), None)
    if mine is None:
        return None
    party = mine.party
    version = version_asked(consultation.pk)
    draft = Draft.objects.filter(version=version, party=party).first()
    sent = list(Response.objects.filter(party=party).select_related("sent_by", "version").order_by("-revision"))
    same = Party.objects.filter(consultation=consultation, kind=party.kind, name_key=party.name_key).exclude(pk=party.pk)
    current = next((each for each in sent if each.is_current), None)
    return Table(
        party=party,
        mine=mine,
        colleagues=rows,
        draft=draft,
        response=current,
        revisions=sent,
        written=_written(questionnaire_of(version), draft),
        namesakes=same.count(),
        asks=current is not None and current.version.number < version.counts_from,
    )


def mine_among_organisations(user: Anyone, consultation: Consultation) -> list[Colleague]:
    """Where this person is in, or is asked. One statement."""
    me = standing_of(user).user_id
    if me is None:
        return []
    rows = Colleague.objects.filter(user=me, ended_at=None, party__consultation=consultation)
    return list(rows.select_related("party", "invited_by"))


def colleagues_with(rows: "QuerySet[Draft] | QuerySet[Response]", *, after: int, limit: int) -> list[int]:
    """The ids of the people who write for an organisation that has one of these drafts or responses, beyond `after`, in order, at
    most `limit`. One statement."""
    found = Colleague.objects.filter(Exists(rows.filter(party=OuterRef("party"))), ended_at=None, joined_at__isnull=False)
    found = found.filter(user__gt=after, user__is_active=True).order_by("user")
    return list(found.values_list("user", flat=True).distinct()[:limit])


def writes_for_one_with(user_id: int, rows: "QuerySet[Draft] | QuerySet[Response]") -> bool:
    """Whether this person is among them. One statement."""
    found = Colleague.objects.filter(Exists(rows.filter(party=OuterRef("party"))), ended_at=None, joined_at__isnull=False)
    return found.filter(user=user_id).exists()


def _written(questionnaire: Questionnaire, draft: Draft | None) -> list[Written]:
    rows = DraftAnswer.objects.filter(draft=draft).select_related("question", "by") if draft else ()
    given = {row.question.key: row for row in rows}
    return [
        Written(asked, sheet.number, True, given[asked.key].by, given[asked.key].at)
        if asked.key in given
        else Written(asked, sheet.number, False)
        for sheet, asked in questionnaire.placed()
    ]
