"""What others read of what members wrote: the organisers' queue, the writer's own view, everybody's pages."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.paging import BadCursor
from consultation.actions import showing as actions
from consultation.forms import ShowingForm
from consultation.models import Showing
from consultation.permissions import can_agree_on_showing, can_ask_writer_of, can_ask_writers, can_decide_showing, can_read_words
from consultation.readers import showing as readers
from consultation.readers.holders import is_detached
from consultation.readers.inquiries import inquiries_at
from consultation.readers.seats import sent_from
from consultation.readers.words import worded_on_ballots, words_on_ballots
from consultation.views.loading import at_a_place, load, load_for_organiser, place_of


@require_safe
def responses(request: HttpRequest, slug: str) -> HttpResponse:
    """What members let everybody read, once results are published."""
    consultation = load(request, slug)
    if consultation.published_at is None:
        raise Http404
    words, question = request.GET.get("q", "").strip()[:200], request.GET.get("question", "")
    try:
        page = readers.shown_responses(consultation, words=words, question=question, after=request.GET.get("after", ""))
    except BadCursor as error:
        raise Http404 from error
    shown = {
        "consultation": consultation,
        "page": page,
        "shown": readers.how_many_shown(consultation),
        "others": readers.how_many_others_shown(consultation),
        "questions": readers.worded_questions(consultation),
        "words": words,
        "question": question,
        "now": timezone.now(),
    }
    return render(request, "consultation/responses.html", shown)


@at_a_place
@require_safe
def mine(request: HttpRequest, slug: str, seat: str = "") -> HttpResponse:
    """One's own response as others will read it, or that of one's party."""
    place = place_of(request, slug, seat)
    consultation = place.consultation
    found = readers.as_others_will_see(place.writer, consultation) if consultation.opened_at and not place.entry else None
    if found is None:
        raise Http404
    shown = {"consultation": consultation, "place": place, "found": found, "now": timezone.now()}
    return render(request, "consultation/shown_mine.html", shown | {"sent": sent_from(consultation, place.writer)})


@login_required
@require_safe
def words(request: HttpRequest, slug: str) -> HttpResponse:
    """What ballots say in words, question by question; else why nobody reads that."""
    consultation, user = load_for_organiser(request, slug)
    if not is_detached(consultation):
        raise Http404("words of responses are in the queue")
    may, questions = can_read_words(user, consultation), worded_on_ballots(consultation) if consultation.closed_at else []
    asked = next((one for one in questions if one.key == request.GET.get("question")), questions[0] if questions else None)
    try:
        page = words_on_ballots(consultation, asked, after=request.GET.get("after", "")) if may and asked else None
    except BadCursor as error:
        raise Http404 from error
    shown = {"consultation": consultation, "may": may, "questions": questions, "asked": asked, "page": page}
    return render(request, "consultation/words.html", shown)


@login_required
@require_safe
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    """Answers about which nobody has decided, or that wait for a second organiser."""
    consultation, user = load_for_organiser(request, slug)
    can_decide_showing(user, consultation).enforce()
    asked_for = request.GET.get("wait")
    what: readers.Waiting = "second" if asked_for == "second" else "analysis" if asked_for == "analysis" else "undecided"
    question = request.GET.get("question", "")
    try:
        page = readers.to_decide(consultation, what, question=question, after=request.GET.get("after", ""))
    except BadCursor as error:
        raise Http404 from error
    shown = {
        "consultation": consultation,
        "what": what,
        "question": question,
        "questions": readers.worded_questions(consultation),
        "waits": readers.how_many_to_decide(consultation),
        "may_ask": can_ask_writers(user, consultation),
        "page": page,
        "now": timezone.now(),
    }
    return render(request, "consultation/showing.html", shown)


@login_required
@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, slug: str, handle: UUID) -> HttpResponse:
    """One answer: show it, show it without some words, or keep it back."""
    consultation, user = load_for_organiser(request, slug)
    can_decide_showing(user, consultation).enforce()
    found = readers.answer_in_words(consultation, handle)
    if found is None or not found[0].is_for_others:
        raise Http404
    answer, text = found
    showing: Showing | None = getattr(answer, "showing", None)
    form = ShowingForm(request.POST or None, text=text, seen=showing.pk if showing else 0)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        if told["decision"] == "keep":
            actions.keep_answer_back(answer, reason=told["reason"], by=user, at=timezone.now(), seen=told["seen"])
            messages.success(request, "It waits for a second organiser; until then nobody reads it.")
        else:
            made = actions.show_answer(answer, by=user, at=timezone.now(), spans=told["spans"], seen=told["seen"])
            messages.success(
                request,
                "It is shown as it was written."
                if made.is_final
                else "It waits for a second organiser; until then nobody reads it.",
            )
        return redirect("consultation:showing", slug)
    shown = {
        "consultation": consultation,
        "answer": answer,
        "text": text.split("\n"),
        "showing": showing,
        "redactions": [(text[one.start : one.end], one.why) for one in showing.redactions.all()] if showing else [],
        "may_agree": can_agree_on_showing(user, showing) if showing and not showing.is_final else None,
        "form": form,
        "inquiries": inquiries_at(answer),
        "may_ask": can_ask_writer_of(user, answer.response),
        "now": timezone.now(),
    }
    return render(request, "consultation/showing_decide.html", shown)


@login_required
@require_POST
def agree(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The second pair of eyes."""
    consultation, user = load_for_organiser(request, slug)
    showing = get_object_or_404(Showing, pk=pk, answer__response__consultation=consultation)
    actions.agree_on_showing(showing, by=user, at=timezone.now())
    messages.success(request, "Agreed.")
    return redirect(f"{reverse('consultation:showing', args=[slug])}?wait=second")


@login_required
@require_POST
def again(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Back to the undecided."""
    consultation, user = load_for_organiser(request, slug)
    rows = Showing.objects.select_related("answer")
    showing = get_object_or_404(rows, pk=pk, answer__response__consultation=consultation)
    actions.decide_again(showing, by=user, at=timezone.now())
    messages.success(request, "It waits for a decision again, and nobody reads it until then.")
    return redirect("consultation:showing_decide", slug, showing.answer.handle)
