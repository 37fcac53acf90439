"""What everybody may read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.standing import standing_of
from common.markdown import as_html
from consultation.models.option import FACTS
from consultation.paths.minutes import minutes_to_answer
from consultation.permissions import can_correct, can_see_results, can_tell_outcome
from consultation.proof.rules import rulings
from consultation.readers import lists
from consultation.readers.audience import audience_of, in_a_sentence
from consultation.readers.evidence import debates_on
from consultation.readers.fairness import run_of
from consultation.readers.organisations import mine_among_organisations
from consultation.readers.outcome import findings, findings_of_others, versions_counted
from consultation.readers.overview import overview
from consultation.readers.paths import asked_when
from consultation.readers.questionnaires import current_version, published_versions, questionnaire_of
from consultation.readers.steps import desk_of
from consultation.readers.taking_part import mine, next_step
from consultation.readers.versions import versions_told
from consultation.views.loading import load
from consultation.views.papers import key_of
from consultation.wording import step_taken
from forum.permissions import can_see_topic


@require_safe
def list_consultations(request: HttpRequest) -> HttpResponse:
    """What is open, what is being counted, what was decided."""
    now, user = timezone.now(), request.user
    announced, paused = lists.waiting(user)
    shown = {
        "open": lists.open_consultations(user, at=now),
        "unfinished": lists.my_unfinished(user, at=now),
        "awaiting": lists.awaiting_results(user, at=now),
        "published": lists.published(user, limit=5),
        "withdrawn": lists.withdrawn(user),
        "announced": announced,
        "paused": paused,
        "drafts": lists.being_written(user),
        "is_organiser": standing_of(user).is_organiser,
        "now": now,
    }
    return render(request, "consultation/list.html", shown)


@require_safe
def outcomes(request: HttpRequest) -> HttpResponse:
    """What came of the consultations that are over."""
    return render(request, "consultation/outcomes.html", {"published": lists.published(request.user), "now": timezone.now()})


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One consultation: why, what, until when, and what its identity mode does not protect against."""
    consultation, now = load(request, slug), timezone.now()
    shown = overview(request.user, consultation, at=now, key=key_of(request, consultation))
    is_organiser = standing_of(request.user).is_organiser
    told = {
        "shown": shown,
        "consultation": consultation,
        "background": as_html(consultation.background_html),
        "effects": as_html(consultation.effects_html),
        "asked": [(row, as_html(row.answer_html)) for row in shown.asked],
        "desk": desk_of(request.user, consultation, at=now) if is_organiser else None,
        "organisations": mine_among_organisations(request.user, consultation) if consultation.for_organisations else (),
        "may_correct": can_correct(request.user, consultation),
        "now": now,
    }
    return render(request, "consultation/detail.html", told)


@require_safe
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """The options side by side, the same facts in the same order."""
    consultation = load(request, slug)
    options = list(consultation.options.all())
    rows = [(label, [getattr(option, name) for option in options]) for name, label in FACTS.items()]
    facts = [(label, values) for label, values in rows if any(values)]
    cards = [(option, [(label, values[index]) for label, values in facts]) for index, option in enumerate(options)]
    step = next_step(
        request.user, consultation, mine(request.user, consultation, key=key_of(request, consultation)), at=timezone.now()
    )
    decided = any(option.fate != option.Fate.OPEN for option in options)
    shown = {"consultation": consultation, "options": options, "facts": facts, "cards": cards, "step": step, "decided": decided}
    return render(request, "consultation/compare.html", shown)


@require_safe
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """Every question on one page, to read or print before answering."""
    consultation = load(request, slug)
    version = current_version(consultation)
    questionnaire = questionnaire_of(version)
    pages = asked_when(questionnaire)
    shown = {
        "consultation": consultation,
        "version": version,
        "questionnaire": questionnaire,
        "pages": pages,
        "some_hang": any(page.hangs for page in pages),
        "debates": debates_on(request.user, consultation, questionnaire.questions),
        "minutes": minutes_to_answer(questionnaire),
    }
    return render(request, "consultation/questions.html", shown)


@require_safe
def results(request: HttpRequest, slug: str) -> HttpResponse:
    """What was counted and what was decided, for everybody at once."""
    consultation = load(request, slug)
    can_see_results(consultation).enforce()
    versions = published_versions(consultation)
    found = findings(consultation, versions)
    shown = {
        "consultation": consultation,
        "outcome": as_html(consultation.outcome_html),
        "follow_up": as_html(consultation.follow_up_html),
        "topic": consultation.topic if consultation.topic and can_see_topic(request.user, consultation.topic) else None,
        "may_tell": can_tell_outcome(request.user, consultation),
        "found": found,
        "others": findings_of_others(consultation, versions),
        "asked": len({each.asked.key for each in found}),
        "by_version": versions_counted(consultation) if len(versions) > 1 else [],
        "options": list(consultation.options.all()),
        "has": mine(request.user, consultation),
        "now": timezone.now(),
    }
    return render(request, "consultation/results.html", shown)


@require_safe
def run(request: HttpRequest, slug: str) -> HttpResponse:
    """How this was run: every step, when, by whom."""
    consultation, now = load(request, slug), timezone.now()
    facts = run_of(consultation)
    shown = {
        "run": facts,
        "rulings": rulings(facts),
        "consultation": consultation,
        "transitions": [
            (row, step_taken(row.from_state, row.to_state, row.what)) for row in consultation.transitions.select_related("by")
        ],
        "sentence": in_a_sentence(audience_of(consultation)),
        "version": current_version(consultation),
        "versions": versions_told(consultation),
        "state": consultation.state_at(now),
        "now": now,
    }
    return render(request, "consultation/run.html", shown)
