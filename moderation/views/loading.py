"""Loading what may be seen: what must not be known is a 404."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.permissions import can_see_person
from forum.models import Post, Topic
from forum.permissions import may_see_kept, wrote
from moderation.models import Case
from moderation.readers import case_for


def case_or_404(request: HttpRequest, pk: int) -> Case:
    """Of what somebody wrote as a persona they are shown nothing, which no query can tell; nor what is kept from them."""
    case = case_for(request.user, pk)
    if case is None:
        raise Http404
    thing = case.post or case.topic
    if thing is not None and wrote(request.user, thing):
        raise Http404
    if case.post is not None and case.post.kept_from is not None and not may_see_kept(request.user, case.post):
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
