"""The parts of a draft: options, what was ruled out, documents, pages, questions. A form each; moving and removing alike."""

from collections.abc import Callable
from typing import Any, Final, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from consultation.actions import arranging, options, questionnaire
from consultation.forms import DiscardedForm, DocumentForm, OptionForm, PageForm, QuestionForm
from consultation.models import Consultation, Discarded, Document, Option, Page, Question
from consultation.ordering import Direction
from consultation.overtaken_form import unsaved
from consultation.permissions import can_write, can_write_questions
from consultation.readers.versions import written_version
from consultation.views.loading import load_for_organiser

Part = Option | Discarded | Document | Page | Question
ROWS: Final[dict[str, Callable[[Consultation], QuerySet[Any]]]] = {
    "options": lambda its: Option.objects.filter(consultation=its),
    "discarded": lambda its: Discarded.objects.filter(consultation=its),
    "documents": lambda its: Document.objects.filter(consultation=its),
    "pages": lambda its: Page.objects.filter(version__consultation=its, version__published_at=None),
    "questions": lambda its: Question.objects.filter(version__consultation=its, version__published_at=None),
}
MOVES: Final[dict[str, Callable[..., None]]] = {
    "options": options.move_option,
    "discarded": options.move_part,
    "documents": options.move_part,
    "pages": questionnaire.move_page,
    "questions": questionnaire.move_question,
}
PLACES: Final[dict[str, Callable[..., None]]] = {
    "options": options.place_option,
    "discarded": options.place_part,
    "documents": options.place_part,
    "pages": arranging.place_page,
    "questions": arranging.place_question,
}
REMOVALS: Final[dict[str, Callable[..., None]]] = {
    "options": options.remove_option,
    "discarded": options.remove_discarded,
    "documents": options.remove_document,
    "pages": questionnaire.remove_page,
    "questions": questionnaire.remove_question,
}
COPIES: Final[dict[str, Callable[..., Any]]] = {"pages": arranging.copy_page, "questions": arranging.copy_question}
SECTIONS: Final = {"pages": "questions"}
"""Where on the draft's page a part is found, if not under its own name."""


@login_required
@require_http_methods(["GET", "POST"])
def new_option(request: HttpRequest, slug: str) -> HttpResponse:
    consultation = _writable(request, slug)
    form = OptionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        option = options.add_option(consultation, by=_by(request), at=timezone.now(), **form.cleaned_data)
        return _back(request, slug, "options", row=option)
    return _show(request, consultation, form, "One more option", "Add the option")


@login_required
@require_http_methods(["GET", "POST"])
def edit_option(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return _edit(request, slug, "options", pk, OptionForm, options.change_option, lambda option: f"Option {option.letter}")


@login_required
@require_http_methods(["GET", "POST"])
def new_discarded(request: HttpRequest, slug: str) -> HttpResponse:
    consultation = _writable(request, slug)
    form = DiscardedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        discarded = options.discard_option(consultation, by=_by(request), at=timezone.now(), **form.cleaned_data)
        return _back(request, slug, "discarded", row=discarded)
    return _show(request, consultation, form, "Ruled out, and why", "Add it")


@login_required
@require_http_methods(["GET", "POST"])
def edit_discarded(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return _edit(request, slug, "discarded", pk, DiscardedForm, options.change_discarded, lambda _: "Ruled out, and why")


@login_required
@require_http_methods(["GET", "POST"])
def new_document(request: HttpRequest, slug: str) -> HttpResponse:
    consultation = _writable(request, slug)
    form = DocumentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        document = options.add_document(consultation, by=_by(request), at=timezone.now(), **form.cleaned_data)
        return _back(request, slug, "documents", row=document)
    return _show(request, consultation, form, "Something to read before answering", "Add it")


@login_required
@require_http_methods(["GET", "POST"])
def edit_document(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    heading = "Something to read before answering"
    return _edit(request, slug, "documents", pk, DocumentForm, options.change_document, lambda _: heading)


def _edit(
    request: HttpRequest,
    slug: str,
    section: str,
    pk: int,
    form_of: Callable[..., Any],
    change: Callable[..., Any],
    heading: Callable[[Any], str],
) -> HttpResponse:
    """The form of a part that stands there; sent, its change, unless another changed it meanwhile."""
    consultation = _writable(request, slug)
    part = get_object_or_404(ROWS[section](consultation), pk=pk)
    told = {"by": _by(request), "at": timezone.now()}
    form = unsaved(
        form_of(request.POST or None, instance=part),
        lambda sent: change(part, as_seen=sent.as_seen, **told, **sent.cleaned_data),
    )
    return _back(request, slug, section, row=part) if form is None else _show(request, consultation, form, heading(part), "Save")


@login_required
@require_http_methods(["GET", "POST"])
def new_page(request: HttpRequest, slug: str) -> HttpResponse:
    consultation = _writable_part(request, slug, "questions")
    form = PageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        page = questionnaire.add_page(consultation, by=_by(request), at=timezone.now(), **form.cleaned_data)
        return _back(request, slug, "pages", row=page)
    return _show(request, consultation, form, "One more page", "Add the page")


@login_required
@require_http_methods(["GET", "POST"])
def edit_page(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    consultation = _writable_part(request, slug, "questions")
    page = get_object_or_404(ROWS["pages"](consultation), pk=pk)
    told = {"by": _by(request), "at": timezone.now()}
    form = unsaved(
        PageForm(request.POST or None, instance=page),
        lambda sent: questionnaire.change_page(page, as_seen=sent.as_seen, **told, **sent.cleaned_data),
    )
    if form is None:
        return _back(request, slug, "pages", row=page)
    return _show(request, consultation, form, f"Page {page.position}", "Save")


@login_required
@require_http_methods(["GET", "POST"])
def new_question(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    consultation = _writable_part(request, slug, "questions")
    page = get_object_or_404(ROWS["pages"](consultation), pk=pk)
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        added = questionnaire.add_question(page, by=_by(request), at=timezone.now(), choices=form.labels_given, **form.words)
        return _back(request, slug, "questions", row=added)
    return _show(request, consultation, form, f"One more question on page {page.position}", "Add the question")


@login_required
@require_http_methods(["GET", "POST"])
def edit_question(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    consultation = _writable_part(request, slug, "questions")
    question = get_object_or_404(ROWS["questions"](consultation), pk=pk)
    told = {"by": _by(request), "at": timezone.now()}
    form = unsaved(
        QuestionForm(request.POST or None, instance=question),
        lambda sent: questionnaire.change_question(
            question, as_seen=sent.as_seen, choices=sent.labels_given, **told, **sent.words
        ),
    )
    if form is None:
        return _back(request, slug, "questions", row=question)
    return _show(request, consultation, form, "The question", "Save")


@login_required
@require_POST
def move(request: HttpRequest, slug: str, noun: str, pk: int, direction: str) -> HttpResponse:
    """Up or down by one; nothing happens at either end."""
    consultation = _writable_part(request, slug, noun)
    if noun not in MOVES or direction not in {"up", "down"}:
        raise Http404("no such move")
    row = get_object_or_404(ROWS[noun](consultation), pk=pk)
    MOVES[noun](row, cast("Direction", direction), by=_by(request), at=timezone.now())
    return _back(request, slug, noun, told=False, row=row)


@login_required
@require_POST
def place(request: HttpRequest, slug: str, noun: str, pk: int) -> HttpResponse:
    """Put a part at a position among its like, a question on a page."""
    consultation = _writable_part(request, slug, noun)
    position = request.POST.get("position", "")
    if noun not in PLACES or not (position.isascii() and position.isdigit() and len(position) < 5):
        raise Http404("no such place")
    row = get_object_or_404(ROWS[noun](consultation), pk=pk)
    where: dict[str, Any] = {"position": int(position), "by": _by(request), "at": timezone.now()}
    if noun == "questions":
        page = request.POST.get("page", "")
        if not (page.isascii() and page.isdigit() and len(page) < 19):
            raise Http404("no such page")
        where["page"] = get_object_or_404(ROWS["pages"](consultation), pk=page)
    PLACES[noun](row, **where)
    return _back(request, slug, noun, told=False, row=row)


@login_required
@require_POST
def copy(request: HttpRequest, slug: str, noun: str, pk: int) -> HttpResponse:
    """One more like it, right after it."""
    consultation = _writable_part(request, slug, noun)
    if noun not in COPIES:
        raise Http404("no such part")
    row = get_object_or_404(ROWS[noun](consultation), pk=pk)
    made = COPIES[noun](row, by=_by(request), at=timezone.now())
    return _back(request, slug, noun, row=made)


@login_required
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, slug: str, noun: str, pk: int) -> HttpResponse:
    """Asks first; what is gone is gone."""
    consultation = _writable_part(request, slug, noun)
    if noun not in REMOVALS:
        raise Http404("no such part")
    row = get_object_or_404(ROWS[noun](consultation), pk=pk)
    if request.method == "POST":
        REMOVALS[noun](row, by=_by(request), at=timezone.now())
        return _back(request, slug, noun)
    return render(request, "consultation/remove.html", {"consultation": consultation, "row": row, "noun": noun})


def _writable(request: HttpRequest, slug: str) -> Consultation:
    consultation, user = load_for_organiser(request, slug)
    can_write(user, consultation).enforce()
    return consultation


def _writable_part(request: HttpRequest, slug: str, noun: str) -> Consultation:
    """Pages and questions are changed in a draft, or in a new version of what is open; all else in a draft alone."""
    consultation, user = load_for_organiser(request, slug)
    if noun not in {"pages", "questions"}:
        can_write(user, consultation).enforce()
    else:
        can_write_questions(user, consultation, timezone.now()).enforce()
        if consultation.opened_at is not None and written_version(consultation) is None:
            raise Http404("no new version is being written")
    return consultation


def _by(request: HttpRequest) -> Any:
    return request.user


def _back(request: HttpRequest, slug: str, noun: str, *, told: bool = True, row: Part | None = None) -> HttpResponse:
    """To the draft: to the part itself where it is still there, else to its section."""
    if told:
        messages.success(request, "Saved.")
    response = redirect("consultation:edit", slug)
    response["Location"] += f"#{noun.removesuffix('s')}-{row.pk}" if row else f"#{SECTIONS.get(noun, noun)}"
    return response


def _show(request: HttpRequest, consultation: Consultation, form: BaseForm, title: str, verb: str) -> HttpResponse:
    shown = {"form": form, "consultation": consultation, "title": title, "verb": verb, "to_draft": True}
    return render(request, "consultation/form.html", shown)
