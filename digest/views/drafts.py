"""The draft of a stream, for its editor."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.standing import Anyone
from digest.models import Edition
from digest.offers import Offer, offer_for
from digest.permissions import can_edit_weekly


def stream_on_desk(editor: Anyone, stream: str) -> Offer:
    """Refused to who edits nothing; the daily of a category that they may not read is not found."""
    can_edit_weekly(editor).enforce()
    offer = offer_for(stream, editor)
    if offer is None:
        raise Http404("There is no such mail.")
    return offer


def draft_on_desk(editor: Anyone, stream: str) -> Edition:
    """What is being prepared of it; not found where nothing is."""
    stream_on_desk(editor, stream)
    found: Edition = get_object_or_404(Edition.objects.draft().filter(stream=stream).select_related("editor"))
    return found
