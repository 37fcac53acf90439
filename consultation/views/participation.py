"""How many took part, for everybody; inviting who is little heard, for organisers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import DomainError
from consultation.actions.reminding import BETWEEN_INVITATIONS, invite_segment
from consultation.models import Party
from consultation.permissions import can_invite_segment
from consultation.readers.participation import NATIONS, SIZES, Table, in_words, latest_figures
from consultation.views.loading import load, load_for_organiser


@require_safe
def participation(request: HttpRequest, slug: str) -> HttpResponse:
    """This morning's figures: how many of those who may answer did."""
    consultation, now = load(request, slug), timezone.now()
    if consultation.opened_at is None:
        raise Http404("nothing to count yet")
    table = latest_figures(consultation)
    lately = consultation.reminders.filter(kind="segment", at__gt=now - BETWEEN_INVITATIONS)
    invited = {(row.nation, row.list_size): row.at for row in lately}
    low = table.least_heard() if table else []
    shown = {
        "consultation": consultation,
        "table": table,
        "rows": _rows(table) if table else [],
        "heads": ["Nation", *SIZES.values(), "All sizes"],
        "others": [(Party.Kind(kind).label, number) for kind, number in table.others.items()] if table else [],
        "low": [(segment, invited.get((segment.nation, segment.size))) for segment in low],
        "may_invite": can_invite_segment(request.user, consultation, now),
        "state": consultation.state_at(now),
        "now": now,
    }
    return render(request, "consultation/participation.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, slug: str, nation: str, size: str) -> HttpResponse:
    """Invite a segment: what will happen first, then the letter."""
    consultation, user = load_for_organiser(request, slug)
    now = timezone.now()
    can_invite_segment(user, consultation, now).enforce()
    if nation not in NATIONS or size not in SIZES:
        raise Http404("no such segment")
    problem = ""
    if request.method == "POST":
        try:
            invite_segment(consultation, nation=nation, list_size=size, by=user, at=now)
        except DomainError as refusal:
            problem = str(refusal)
        else:
            messages.success(request, "They are being invited: those who have not answered, as they want to be told.")
            return redirect("consultation:participation", slug)
    shown = {
        "consultation": consultation,
        "title": "Invite who is little heard?",
        "lede": in_words(nation, size),
        "verb": "Invite them",
        "problem": problem,
        "ticks": (
            "A notice, and a letter to those who want letters, goes to each of them who has not answered.",
            "The letter is the one that everybody got at the opening. It does not say that somebody is missing.",
            "A segment is invited once in seven days, a person twice at most.",
        ),
    }
    return render(request, "consultation/step.html", shown)


def _rows(table: Table) -> list[tuple[str, list[str | None]]]:
    return [(label, [_cell(shown.people, shown.took_part) for shown in cells]) for label, cells in table.rows]


def _cell(people: int | None, took_part: int | None) -> str | None:
    """None: kept back."""
    if people is None or took_part is None:
        return None
    return f"{took_part:,} of {people:,}" if people else "–"
