"""The organisers' desk: every consultation by where it stands, with the one thing to do next."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from consultation.permissions import can_organise
from consultation.readers.evidence import changed_since
from consultation.readers.lists import by_state
from consultation.readers.steps import brief_of
from consultation.views.loading import signed_in
from consultation.wording import STATES


@login_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    user, now = signed_in(request), timezone.now()
    can_organise(user).enforce()
    found = by_state(user, at=now)
    changed = changed_since([each for consultations in found.values() for each in consultations])
    groups = [
        (STATES[state], state, [(each, brief_of(user, each, at=now, changed=changed.get(each.pk, 0))) for each in consultations])
        for state, consultations in found.items()
    ]
    return render(request, "consultation/desk.html", {"groups": groups, "now": now})
