"""The list of words that make a post wait."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import DomainError
from moderation import permissions
from moderation.actions.flagging import add_flagged_word, remove_flagged_word
from moderation.forms import WordForm
from moderation.models import FlaggedWord


@login_required
@require_http_methods(["GET", "POST"])
def words(request: HttpRequest) -> HttpResponse:
    permissions.can_keep_words(request.user).enforce()
    form = WordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            word = add_flagged_word(form.cleaned_data["word"], by=request.user, at=timezone.now())  # type: ignore[arg-type]
        except DomainError as problem:
            form.add_error("word", str(problem))
        else:
            messages.success(request, f"Posts with “{word}” wait for a moderator from now on.")
            return redirect("moderation:words")
    found = FlaggedWord.objects.select_related("added_by").order_by("word")
    return render(request, "moderation/words.html", {"form": form, "words": found, "now": timezone.now()})


@login_required
@require_POST
def remove_word(request: HttpRequest, pk: int) -> HttpResponse:
    permissions.can_keep_words(request.user).enforce()
    word = get_object_or_404(FlaggedWord, pk=pk)
    remove_flagged_word(word, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, f"Posts with “{word}” wait no more.")
    return redirect("moderation:words")
