"""Loading what may be seen: what must not be known is a 404."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.permissions import can_see_person
from forum.models import Post, Topic
from moderation.models import Case
from moderation.readers import case_for, is_shown_to


def case_or_404(request: HttpRequest, pk: int) -> Case:
    case = case_for(request.user, pk)
    if case is None or not is_shown_to(request.user, case):
        raise Http404
    return case


def topic_or_404(request: HttpRequest, pk: int) -> Topic:
    topics = Topic.objects.visible_to(request.user).select_related("category", "author", "persona").defer("search")
    return get_object_or_404(topics, pk=pk)


def post_or_404(request: HttpRequest, pk: int, number: int) -> Post:
    posts = Post.objects.visible_to(request.user).select_related("topic__category", "author", "persona")
    return get_object_or_404(posts.defer("search", "topic__search"), topic=pk, number=number)


def person_or_404(request: HttpRequest, handle: str) -> User:
    can_see_person(request.user).enforce()
    return get_object_or_404(User, handle=handle, is_active=True)
