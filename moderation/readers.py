"""What the pages of moderators show, in a number of statements that does not grow."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, OuterRef, Q, Subquery

from accounts.models import Sanction, User
from accounts.standing import Anyone, standing_of
from common.paging import BadCursor, Cursor, Page, read_cursor, take_page
from forum.models import Poll, Post
from forum.permissions import may_see_kept, wrote
from forum.rendering import snippet
from moderation.models import Case, Decision, Reason, Report
from moderation.models.case import CaseQuerySet
from moderation.subjects import subject_of

PAGE: Final = 25
HISTORY: Final = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = (datetime(9000, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list. `in_hands` is whoever works on it now."""

    case: Case
    subject: str
    words: str
    reasons: list[str]
    reports: int
    in_hands: User | None


@dataclass(frozen=True, slots=True)
class History:
    """What there was before with the person concerned. Empty for a persona. Whoever keeps only a group's room in order is not
    told of sanctions (`tells_sanctions`)."""

    cases: Sequence[Case]
    sanctions: Sequence[Sanction]
    tells_sanctions: bool = True


def case_rows(user: Anyone, *, which: str, before: str = "", at: datetime) -> Page[CaseRow]:
    """Open cases, those in one's own hands, or decided ones; by key. Two statements. Raises BadCursor."""
    cases = _with_words(Case.objects.visible_to(user))
    if which == "decided":
        cases = cases.decided().latest_decided_first()
    else:
        cases = cases.open().weightiest_first()
        if which == "mine":
            cases = cases.filter(claimed_by=user.pk, claimed_until__gt=at)
    if before:
        cases = cases.filter(_beyond_decided(before) if which == "decided" else _beyond_open(before))
    key = _decided_key if which == "decided" else _open_key
    found = list(cases[: PAGE + 1])
    counted = _reports_of(found)
    rows = [_row(case, *counted.get(case.pk, (0, [])), at=at) for case in found]
    page = take_page(rows, size=PAGE, key=lambda row: key(row.case), has_newer=False)
    return replace(page, rows=[row for row in page.rows if is_shown_to(user, row.case)])


def is_shown_to(user: Anyone, case: Case) -> bool:
    """Neither what they wrote as a persona themselves, which no query can tell, nor what is kept from their practice. Wants post
    and topic loaded with their personas."""
    thing = case.post or case.topic
    if thing is not None and wrote(user, thing):
        return False
    kept = [one for one in (case.post, case.topic) if one is not None and one.kept_from is not None]
    return all(may_see_kept(user, one) for one in kept)


def waiting_count(user: Anyone) -> int:
    """How many open cases this person may decide; counting stops at 100. One statement."""
    return Case.objects.worked_on_by(user).open()[:100].count()


def case_for(user: Anyone, case_id: int) -> Case | None:
    """A case with whatever its page draws, if this person may know of it. One statement."""
    cases = _with_words(Case.objects.visible_to(user)).with_own_report(user)
    return (
        cases.select_related("decision__by", "decision__sanction", "decision__reversed_by", "opened_by")
        .filter(pk=case_id)
        .first()
    )


def reports_in(case: Case) -> list[Report]:
    return list(Report.objects.filter(case=case).select_related("reporter").order_by("at", "pk"))


def answered_by(post: Post, user: Anyone) -> Post | None:
    """The post that this one answers, where it is on show and this person may read it."""
    if post.parent_number is None:
        return None
    posts = Post.objects.visible_to(user).filter(topic=post.topic_id, number=post.parent_number, state=Post.State.PUBLISHED)
    return posts.select_related("author", "persona").first()


def history_of(case: Case, user: Anyone) -> History:
    """Other cases that `user` may know of, and, for the site's moderators and trustees, sanctions but this case's own. Two
    statements at most; none for a persona."""
    if case.about_id is None:
        return History([], [])
    earlier = Case.objects.visible_to(user).filter(about=case.about_id).exclude(pk=case.pk)
    cases = [each for each in _with_words(earlier).order_by("-opened_at", "-pk")[:HISTORY] if is_shown_to(user, each)]
    standing = standing_of(user)
    if not (standing.is_moderator or standing.is_trustee):
        return History(cases, [], tells_sanctions=False)
    sanctions = Sanction.objects.filter(user=case.about_id).exclude(decision__case=case)
    told = sanctions.select_related("imposed_by", "lifted_by").latest_first()[:HISTORY]
    return History(cases, list(told))


def decisions_about(user: User) -> list[Decision]:
    """What was decided about somebody, as they are told it: newest first, without what came to nothing."""
    decisions = Decision.objects.filter(about=user).exclude(acts=["nothing"])
    return list(decisions.select_related("case__post", "case__topic", "sanction").order_by("-at", "-pk")[:50])


def reports_by(user: User) -> list[Report]:
    """What somebody reported, newest first."""
    reports = Report.objects.filter(reporter=user).select_related("case__post", "case__topic__category", "case__about")
    return list(reports.order_by("-at", "-pk")[:50])


def _with_words(cases: CaseQuerySet) -> CaseQuerySet:
    first = Post.objects.filter(topic=OuterRef("topic"), number=1).values("html")[:1]
    asks = Poll.objects.filter(post=OuterRef("post")).values("question")[:1]
    first_asks = Poll.objects.filter(post__topic=OuterRef("topic"), post__number=1).values("question")[:1]
    return (
        cases.select_related(
            "topic__category",
            "topic__author",
            "topic__persona",
            "post__author",
            "post__persona",
            "about",
            "claimed_by",
            "decision",
        )
        .defer("topic__search", "post__search", "post__body")
        .annotate(first_html=Subquery(first), asks=Subquery(asks), first_asks=Subquery(first_asks))
    )


def _reports_of(cases: Sequence[Case]) -> dict[int, tuple[int, list[str]]]:
    told = Report.objects.filter(case__in=[case.pk for case in cases]).values("case")
    rows = told.annotate(how_many=Count("pk"), why=ArrayAgg("reason", distinct=True)).values_list("case", "how_many", "why")
    return {case: (how_many, [str(Reason(reason).label) for reason in why]) for case, how_many, why in rows}


def _row(case: Case, reports: int, reasons: list[str], *, at: datetime) -> CaseRow:
    html = case.post.html if case.post else (case.first_html or "") if case.topic_id else ""  # type: ignore[attr-defined]
    working = case.claimed_by if case.is_open and case.claimed_until is not None and case.claimed_until > at else None
    asks = case.asks if case.post else case.first_asks  # type: ignore[attr-defined]
    words = f"{snippet(html)} Poll: {asks}" if asks else snippet(html)
    return CaseRow(case, subject_of(case), words, reasons, reports, working)


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _open_key(case: Case) -> Cursor:
    return case.weight, _micros(case.opened_at), case.pk


def _decided_key(case: Case) -> Cursor:
    return _micros(case.decided_at or case.opened_at), case.pk


def _beyond_open(cursor: str) -> Q:
    weight, micros, pk = _numbers(cursor, length=3)
    moment = _moment(micros, cursor)
    later = Q(opened_at__gt=moment) | Q(opened_at=moment, pk__gt=pk)
    return Q(weight__lt=weight) | (Q(weight=weight) & later)


def _beyond_decided(cursor: str) -> Q:
    micros, pk = _numbers(cursor, length=2)
    moment = _moment(micros, cursor)
    return Q(decided_at__lt=moment) | Q(decided_at=moment, pk__lt=pk)


def _numbers(cursor: str, *, length: int) -> list[int]:
    values = [value for value in read_cursor(cursor, length=length) if isinstance(value, int) and 0 <= value < 2**63]
    if len(values) != length:
        raise BadCursor(cursor)
    return values


def _moment(micros: int, cursor: str) -> datetime:
    if micros > _LATEST:
        raise BadCursor(cursor)
    return _EPOCH + timedelta(microseconds=micros)
