"""Cases, made through the actions as people make them."""

from datetime import UTC, datetime, timedelta

from accounts.models import User
from moderation.actions.deciding import decide_case
from moderation.actions.reporting import file_report
from moderation.models import Case
from tests.accounts.factories import UserFactory

AT = datetime(2026, 11, 3, 9, tzinfo=UTC)
SOON = AT + timedelta(minutes=10)
LATER = AT + timedelta(hours=1)


def standing(user: User) -> User:
    """As a request would load it now."""
    return User.objects.with_roles().get(pk=user.pk)


def a_moderator(**kwargs) -> User:
    return standing(UserFactory(member=True, moderator=True, **kwargs))


def a_member(**kwargs) -> User:
    return standing(UserFactory(member=True, **kwargs))


def a_case(thing, *, by: User | None = None, reason: str = "rules", text: str = "", at: datetime = AT) -> Case:
    """Reported by somebody."""
    report = file_report(thing, by=by or a_member(), reason=reason, text=text, at=at)
    return Case.objects.get(pk=report.case_id)


def decided(case: Case, *acts: str, by: User | None = None, reason: str = "It names a patient.", at: datetime = SOON, **kwargs):
    return decide_case(case, by=by or a_moderator(), acts=acts, reason=reason, at=at, **kwargs)
