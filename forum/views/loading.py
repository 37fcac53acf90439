"""Loading what may be seen: what must not be known is a 404."""

from django.http import Http404, HttpRequest

from forum.models import Category, Post, Topic
from forum.readers import TopicPage, category_for, topic_page
from forum.readers.moved import merged_topic
from forum.readers.single import post_for
from forum.readers.topic import ToAnswer, topic_to_answer


def category_or_404(request: HttpRequest, slug: str) -> Category:
    category = category_for(request.user, slug)
    if category is None:
        raise Http404
    return category


def topic_or_404(request: HttpRequest, topic_id: int) -> TopicPage:
    page = topic_page(request.user, topic_id)
    if page is None:
        raise Http404
    return page


def to_answer_or_404(request: HttpRequest, topic_id: int) -> ToAnswer:
    found = topic_to_answer(request.user, topic_id)
    if found is None:
        raise Http404
    return found


def merged_or_404(request: HttpRequest, topic_id: int) -> Topic:
    """The topic that this one was merged into."""
    topic = merged_topic(request.user, topic_id)
    if topic is None:
        raise Http404
    return topic


def post_or_404(request: HttpRequest, topic_id: int, number: int) -> Post:
    """A post whose text may be read, or that the reader wrote as a persona, with its topic, category and author."""
    post = post_for(request.user, topic_id, number)
    if post is None:
        raise Http404
    return post
