"""Answering: an open consultation beside the town's closed one, its page saved and sent; and the pages of 50,000 responses."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from consultation.actions.bringing import write_from
from consultation.actions.opening import open_consultation
from consultation.actions.publishing import publish_results
from consultation.actions.reviewing import approve_draft, ask_for_review
from consultation.actions.writing import change_details
from consultation.models import Consultation
from consultation.models.receipt import MEMBERS
from consultation.readers.answered import answers_to_each
from consultation.readers.exchange import starters
from consultation.readers.participation import count_participation
from consultation.readers.questionnaires import published_versions, question_ids, questionnaire_of
from consultation.readers.reviewing import text_digest
from forum.models import Category
from questions.kinds import kind_of

TITLE: Final = "Which routes would you build first?"
TOKEN: Final = "b" * 32


def prepare() -> None:
    """Results of the closed one, and another that is open. Safe to call again."""
    now = timezone.now()
    director = User.objects.with_roles().filter(role_grants__role="director").order_by("pk").first()
    organiser = User.objects.with_roles().filter(role_grants__role="organiser").order_by("pk").first()
    assert director is not None
    assert organiser is not None
    for closed in Consultation.objects.filter(closed_at__isnull=False, published_at=None):
        publish_results(closed, by=director, at=now)
    if not Consultation.objects.accepting_at(now).exists():
        written = now - timedelta(days=2)
        draft = write_from(starters()["accreditation-routes"].written, title=TITLE, by=organiser, at=written)
        told = {name: getattr(draft, name) for name in ("title", "lede", "single_option_reason", "identity_mode")}
        told |= {"background": "Nobody knows.", "effects": "None known.", "asked_by": "The board", "days": 42}
        told |= {"no_documents_reason": "All is told.", "none_discarded_reason": "It is new."}
        change_details(draft, by=organiser, at=written, **told)
        ask_for_review(draft, by=organiser, at=written)
        draft.refresh_from_db()
        approve_draft(draft, digest=text_digest(draft), by=director, at=written)
        open_consultation(draft, category=Category.objects.get(pk=1), by=organiser, at=now)


def pages(base: str) -> dict[str, str]:
    """Of the largest that is published."""
    largest = Consultation.objects.published().order_by("-responses_counted").first()
    if largest is None:
        return {}
    named = ("results", "participation", "run", "responses")
    many = f"{largest.responses_counted or 0:,} responses"
    return {f"{name} of {many}": base + reverse(f"consultation:{name}", args=[largest.slug]) for name in named}


def counts() -> dict[str, Callable[[], object]]:
    """What is worked out over all responses of the largest that is published, without writing anything down."""
    largest = Consultation.objects.published().order_by("-responses_counted").first()
    if largest is None or largest.closes_at is None:
        return {}
    many, closes_at = f"{largest.responses_counted or 0:,} responses", largest.closes_at
    return {
        f"figures of a morning, {many}": lambda: count_participation(largest, as_of=closes_at),
        f"counting every answer, {many}": lambda: count_answers(largest),
    }


def count_answers(consultation: Consultation) -> int:
    """Every question as it is counted of members for publication; how many answers that were."""
    version = published_versions(consultation)[-1]
    asked = questionnaire_of(version).questions
    ids = question_ids(version)
    answers = answers_to_each(consultation, [(one.key, (ids[one.key],)) for one in asked])
    return sum(kind_of(asked[place]).count(asked[place], values)["n"] for kind, place, values in answers if kind == MEMBERS)


def forms(base: str) -> tuple[str, str, str]:
    """Where a page is saved by its script, where it is sent by hand, where all is sent."""
    slug = Consultation.objects.accepting_at(timezone.now()).latest("pk").slug
    saved, page = reverse("consultation:save", args=[slug, 2]), reverse("consultation:page", args=[slug, 2])
    return base + saved, base + page, base + reverse("consultation:check", args=[slug])


def second_page(number: int) -> bytes:
    """An order, and where one stands on each; another each time."""
    order = ("exam", "portfolio", "appraisal", "none")
    first = number % len(order)
    told = {f"q-order:{key}": str(place) for place, key in enumerate((*order[first:], *order[:first]), start=1)}
    told |= {f"q-consent:{key}": "consent" if place % 2 else "live" for place, key in enumerate(order)}
    return urlencode({"csrfmiddlewaretoken": TOKEN, "go": "later", **told}).encode()


def first_page(number: int) -> bytes:
    told = {"q-purpose": ("assure", "develop", "recognise")[number % 3], "q-worth": "agree", "go": "later"}
    return urlencode({"csrfmiddlewaretoken": TOKEN, **told}).encode()


def send(number: int) -> bytes:
    return urlencode({"csrfmiddlewaretoken": TOKEN, "consent": "analysis"}).encode()
