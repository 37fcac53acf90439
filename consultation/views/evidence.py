"""The debate as evidence: what everybody reads, what authors say of their posts, what organisers ask for."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.standing import standing_of
from common.paging import BadCursor
from consultation.actions import evidence as actions
from consultation.models import Considered, Consultation, Evidence
from consultation.permissions import can_ask_for_evidence, can_offer_evidence, can_take_evidence_back, can_use_evidence
from consultation.readers import evidence as readers
from consultation.readers.lists import open_consultations
from consultation.readers.questionnaires import questions_now_and_before
from consultation.views.loading import load, load_for_organiser, signed_in
from forum.models import Post
from forum.permissions import wrote
from forum.rendering import author_name, snippet


@require_safe
def evidence(request: HttpRequest, slug: str) -> HttpResponse:
    """By question what was put to it, for everybody as far as they may read the posts."""
    consultation = load(request, slug)
    _refuse_before_opening(consultation)
    is_organiser = standing_of(request.user).is_organiser
    found = readers.evidence_by_question(request.user, consultation, at=timezone.now())
    shown = {
        "consultation": consultation,
        "found": [group for group in found if group.lines or group.topic],
        "without": [group.asked for group in found if not (group.lines or group.topic)],
        "may_use": can_use_evidence(consultation),
        "is_organiser": is_organiser,
        "waiting": readers.how_many_waiting(request.user, consultation) if is_organiser else 0,
        "now": timezone.now(),
    }
    return render(request, "consultation/evidence.html", shown)


@login_required
@require_safe
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own posts in the debate."""
    consultation = load(request, slug)
    _refuse_before_opening(consultation)
    posts = [(post, snippet(post.html, 240)) for post in readers.my_posts(request.user, consultation)]
    return render(
        request, "consultation/evidence_mine.html", {"consultation": consultation, "posts": posts, "now": timezone.now()}
    )


@login_required
@require_safe
def waiting(request: HttpRequest, slug: str) -> HttpResponse:
    """For organisers: posts that nobody has considered yet, or (`?show=aside`) those that were set aside."""
    consultation, user = load_for_organiser(request, slug)
    _refuse_before_opening(consultation)
    aside = request.GET.get("show") == "aside"
    try:
        page = (readers.set_aside if aside else readers.not_yet_considered)(
            user, consultation, after=request.GET.get("after", "")
        )
    except BadCursor as error:
        raise Http404 from error
    posts = [(post, author_name(post), snippet(post.html, 400)) for post in page.rows]
    shown = {
        "consultation": consultation,
        "posts": posts,
        "older": page.older,
        "aside": aside,
        "may_use": can_use_evidence(consultation),
    }
    return render(request, "consultation/evidence_waiting.html", shown | {"now": timezone.now()})


@login_required
@require_safe
def of_topic(request: HttpRequest, topic: int, number: int) -> HttpResponse:
    """From a post in the forum: on to the consultation whose debate it stands in, or to a choice of the open ones."""
    post = get_object_or_404(Post.objects.visible_to(request.user).select_related("topic", "persona"), topic=topic, number=number)
    consultation = readers.consultation_of_topic(request.user, topic)
    if consultation is not None:
        return redirect("consultation:evidence_post", consultation.slug, post.pk)
    found = open_consultations(request.user, at=timezone.now())
    return render(request, "consultation/evidence_choose.html", {"post": post, "found": found, "now": timezone.now()})


@login_required
@require_safe
def post(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One post: what it was put to, and what its author or an organiser may do."""
    consultation = load(request, slug)
    _refuse_before_opening(consultation)
    return _show_post(request, consultation, _post(request, pk))


@login_required
@require_POST
def offer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The author says yes."""
    consultation, about = load(request, slug), _post(request, pk)
    question = request.POST.get("question", "")
    if not question:
        return _show_post(request, consultation, about, problem="Choose the question that it says something to")
    actions.offer_evidence(consultation, about, question, by=signed_in(request), at=timezone.now())
    messages.success(request, "Your post is evidence for that question. You can take it back until the results are published.")
    return redirect("consultation:evidence_post", slug, pk)


@login_required
@require_POST
def ask(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """An organiser asks its author."""
    consultation, about = load(request, slug), _post(request, pk)
    question = request.POST.get("question", "")
    if not question:
        return _show_post(request, consultation, about, problem="Choose the question that it says something to")
    actions.ask_for_evidence(consultation, about, question, by=signed_in(request), at=timezone.now())
    told = "Its author is asked." if about.author_id else "The question stands under the post, where its author finds it."
    messages.success(request, told)
    return redirect("consultation:evidence_waiting", slug)


@login_required
@require_POST
def decline(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The author says no."""
    row = _row(request, slug, pk)
    actions.decline_evidence(row, by=signed_in(request), at=timezone.now())
    messages.success(request, "It stays in the debate and is no evidence.")
    return redirect("consultation:evidence_post", slug, row.post_id)


@login_required
@require_POST
def take_back(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The author takes their yes back."""
    row = _row(request, slug, pk)
    actions.withdraw_evidence(row, by=signed_in(request), at=timezone.now())
    messages.success(request, "It is evidence no more. You can offer it again until the results are published.")
    return redirect("consultation:evidence_post", slug, row.post_id)


@login_required
@require_POST
def consider(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """An organiser sets a post aside, or takes it up again."""
    consultation, user = load_for_organiser(request, slug)
    about = _post(request, pk)
    if request.POST.get("again"):
        actions.consider_again(consultation, about, by=user, at=timezone.now())
        messages.success(request, "It waits to be considered again.")
    else:
        actions.consider_post(consultation, about, by=user, at=timezone.now())
        messages.success(request, "Set aside. It stands under “Set aside”, where you can take it up again.")
    return redirect("consultation:evidence_waiting", slug)


@login_required
@require_POST
def question_topic(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Open a topic of its own for one question."""
    consultation, user = load_for_organiser(request, slug)
    topic = actions.open_question_topic(consultation, key, by=user, at=timezone.now())
    messages.success(request, "The question has a topic of its own now.")
    return redirect(topic)


def _show_post(request: HttpRequest, consultation: Consultation, about: Post, *, problem: str = "") -> HttpResponse:
    now, user = timezone.now(), request.user
    lines = readers.of_post(user, consultation, about, at=now)
    is_mine = wrote(user, about)
    may = can_offer_evidence(user, consultation, about) if is_mine else can_ask_for_evidence(user, consultation, about)
    asked_now, _ = questions_now_and_before(consultation)
    open_to = [asked for key, asked in asked_now.items() if is_mine or key not in lines]
    shown = {
        "consultation": consultation,
        "post": about,
        "name": author_name(about),
        "words": snippet(about.html, 1_200) if about.state == Post.State.PUBLISHED else "",
        "lines": [(asked, lines[asked.key]) for asked in readers.questions_of(consultation) if asked.key in lines],
        "questions": open_to,
        "is_mine": is_mine,
        "is_organiser": standing_of(user).is_organiser,
        "may": may,
        "may_take_back": can_take_evidence_back(user, consultation, about),
        "set_aside": Considered.objects.filter(consultation=consultation, post=about).exists(),
        "problem": problem,
        "days": settings.EVIDENCE_DAYS,
        "now": now,
    }
    return render(request, "consultation/evidence_post.html", shown)


def _post(request: HttpRequest, pk: int) -> Post:
    """Of those that this reader may read; its author finds it also after it was taken away. 404 otherwise."""
    rows = Post.objects.select_related("topic__category", "author", "persona").defer("search", "topic__search")
    found = rows.filter(pk=pk).first()
    if found is None or not (wrote(request.user, found) or Post.objects.visible_to(request.user).filter(pk=pk).exists()):
        raise Http404
    return found


def _row(request: HttpRequest, slug: str, pk: int) -> Evidence:
    row = get_object_or_404(Evidence.objects.select_related("post__persona"), pk=pk, consultation=load(request, slug))
    if not wrote(request.user, row.post):
        raise Http404
    return row


def _refuse_before_opening(consultation: Consultation) -> None:
    if consultation.opened_at is None:
        raise Http404
