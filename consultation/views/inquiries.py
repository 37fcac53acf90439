"""Questions to writers of responses: asked from the page of one answer, answered from one's own."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from common.verdicts import Refused
from consultation.actions.inquiring import AskedEnough, answer_inquiry, ask_writer
from consultation.inquiry_forms import AnswerInquiryForm, AskByReferenceForm, AskWriterForm
from consultation.models import Answer
from consultation.permissions import can_answer_inquiry, can_ask_writer_of, can_ask_writers
from consultation.readers.excluding import response_named
from consultation.readers.inquiries import inquiries_at, inquiries_in, inquiry_for
from consultation.readers.showing import answer_in_words
from consultation.views.loading import load, load_for_organiser, signed_in


@login_required
@require_safe
def asked(request: HttpRequest, slug: str) -> HttpResponse:
    """All that was asked, with what came back."""
    consultation, user = load_for_organiser(request, slug)
    can_ask_writers(user, consultation).enforce()
    return render(request, "consultation/inquiries.html", {"consultation": consultation, "rows": inquiries_in(consultation)})


@login_required
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, slug: str, handle: UUID) -> HttpResponse:
    """One question, to whoever wrote this answer."""
    consultation, user = load_for_organiser(request, slug)
    can_ask_writers(user, consultation).enforce()
    found = answer_in_words(consultation, handle)
    if found is None:
        raise Http404
    answer, text = found
    may = can_ask_writer_of(user, answer.response)
    form = AskWriterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_writer(answer, text=form.cleaned_data["text"], by=user, at=timezone.now())
        except AskedEnough as problem:
            form.add_error("text", str(problem))
        else:
            messages.success(request, "Your question is put to whoever wrote it.")
            return redirect(_back_to(answer))
    shown = {"consultation": consultation, "answer": answer, "text": text.split("\n"), "form": form, "may": may}
    return render(request, "consultation/ask_writer.html", shown | {"back": _back_to(answer), "asked": inquiries_at(answer)})


@login_required
@require_http_methods(["GET", "POST"])
def ask_by_reference(request: HttpRequest, slug: str) -> HttpResponse:
    """One question, to whoever holds the receipt of this reference: also where they wrote nothing in words of their own."""
    consultation, user = load_for_organiser(request, slug)
    can_ask_writers(user, consultation).enforce()
    form = AskByReferenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        response = response_named(consultation, form.cleaned_data["whose"])
        if response is None:
            form.add_error("whose", "No answer that counts has this reference")
        else:
            try:
                ask_writer(response, text=form.cleaned_data["text"], by=user, at=timezone.now())
            except (AskedEnough, Refused) as problem:
                form.add_error("whose", str(problem))
            else:
                messages.success(request, "Your question is put to whoever sent it.")
                return redirect("consultation:inquiries", slug)
    return render(request, "consultation/ask_by_reference.html", {"consultation": consultation, "form": form})


@login_required
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What was asked about one's own response."""
    consultation, user = load(request, slug), signed_in(request)
    inquiry = inquiry_for(user, consultation, pk)
    if inquiry is None:
        raise Http404
    form = AnswerInquiryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer_inquiry(inquiry, text=form.cleaned_data["text"], by=user, at=timezone.now())
        messages.success(request, "Sent. Nobody is told who you are.")
        return redirect("consultation:receipt", slug)
    shown = {"consultation": consultation, "inquiry": inquiry, "form": form, "may": can_answer_inquiry(inquiry)}
    return render(request, "consultation/inquiry.html", shown)


def _back_to(answer: Answer) -> str:
    """Where an organiser came from: the page of the answer, or the list of those about which nothing is decided."""
    slug = answer.response.consultation.slug
    if answer.is_for_others:
        return reverse("consultation:showing_decide", args=[slug, answer.handle])
    return f"{reverse('consultation:showing', args=[slug])}?wait=analysis"
