"""An imported author turned out to be a member: what is about the one is about the other."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from moderation.models import Case, Decision


@transaction.atomic
def move_cases(before: User, after: User, *, at: datetime) -> None:
    """Cases about `before` are about `after` from now on, who therefore has no hand in them; a claim of theirs is given back.
    What `after` decided, when nobody knew, stays as it was written: the database lets nobody decide about themselves."""
    theirs = Case.objects.filter(about=before).exclude(opened_by=after)
    theirs = theirs.exclude(decision__by=after).exclude(decision__reversed_by=after)
    if Case.objects.open().filter(about=after, topic=None).exists():
        theirs = theirs.exclude(topic=None, decided_at=None)  # one open case for each person
    cases = list(theirs.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    Case.objects.filter(pk__in=cases, claimed_by=after).update(claimed_by=None, claimed_at=None, claimed_until=None)
    Case.objects.filter(pk__in=cases).update(about=after)
    Decision.objects.filter(case__in=cases).update(about=after)
