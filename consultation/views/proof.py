"""Receipts and what was published to check them against."""

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from consultation.actions.leaving import take_back_response
from consultation.models import Consultation, Root
from consultation.permissions import can_take_back
from consultation.proof.receipts import leaves_file
from consultation.readers import receipts
from consultation.readers.questionnaires import current_version, questionnaire_of, questions_ever_asked
from consultation.readers.seats import sent_from
from consultation.readers.taking_part import mine
from consultation.views.loading import at_a_place, load, place_of

SCRIPT = settings.BASE_DIR / "docs" / "verify_receipt.py"


@at_a_place
@require_safe
def receipt_file(request: HttpRequest, slug: str, seat: str = "") -> HttpResponse:
    """One's own receipt of what counts now, to keep."""
    place = place_of(request, slug, seat)
    sent = sent_from(place.consultation, place.writer)
    receipt = receipts.receipt_of(sent) if sent else None
    if receipt is None:
        raise Http404("no receipt")
    return _file(json.dumps(receipt.as_dict(), indent=2, ensure_ascii=False) + "\n", f"receipt-{slug}.json", "application/json")


@at_a_place
@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, slug: str, seat: str = "") -> HttpResponse:
    """Delete what one sent, after a page that says what that means."""
    place, now = place_of(request, slug, seat), timezone.now()
    consultation = place.consultation
    sent = sent_from(consultation, place.writer)
    if sent is None and not place.is_guests:
        raise Http404("nothing was sent")
    can_take_back(place.writer, consultation, now).enforce()
    if request.method == "POST":
        take_back_response(consultation, by=place.writer, at=now)
        messages.success(request, "The answer is deleted, with every earlier revision of it.")
        return redirect(consultation if place.is_guests else place.home)
    shown = {"consultation": consultation, "place": place, "root": receipts.root_of(consultation), "response": sent}
    return render(request, "consultation/take_back.html", shown)


@require_safe
def verify(request: HttpRequest, slug: str) -> HttpResponse:
    """Checks a receipt in the reader's own browser; nothing of it comes here."""
    consultation = load(request, slug)
    shown = {
        "consultation": consultation,
        "root": receipts.root_of(consultation),
        "sent": mine(request.user, consultation).response,
        "asked": questions_ever_asked(consultation) or questionnaire_of(current_version(consultation)).questions,
    }
    return render(request, "consultation/verify.html", shown)


@require_safe
def leaves(request: HttpRequest, slug: str) -> HttpResponse:
    """leaves.txt: 404 until the close."""
    consultation, _ = _closed(request, slug)
    return HttpResponse(leaves_file(receipts.leaves_of(consultation)), content_type="text/plain; charset=utf-8")


@require_safe
def root(request: HttpRequest, slug: str) -> HttpResponse:
    """root.json: 404 until the close."""
    consultation, fixed = _closed(request, slug)
    return _json(receipts.root_file_of(fixed, consultation))


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Every public key that ever signed a receipt or a root."""
    return render(request, "consultation/keys.html", {"keys": receipts.keys()})


@require_safe
def keys_file(request: HttpRequest) -> HttpResponse:
    return _json(receipts.keys_file())


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """The script that checks a receipt without this site."""
    return _file(SCRIPT.read_text(), SCRIPT.name, "text/x-python; charset=utf-8")


def _closed(request: HttpRequest, slug: str) -> tuple[Consultation, Root]:
    consultation = load(request, slug)
    fixed = receipts.root_of(consultation)
    if fixed is None:
        raise Http404("fixed at the close")
    return consultation, fixed


def _json(told: dict[str, Any]) -> HttpResponse:
    return JsonResponse(told, json_dumps_params={"indent": 2})


def _file(text: str, name: str, content_type: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(text, content_type=content_type, headers=headers)
