"""What editions kept of a post whose words are gone or were changed (settings.POST_ERASED, WORDS_CHANGED), and of a title that a
moderator corrected (settings.TITLE_CORRECTED): on the web, and in mail that has not been sent. Safe to call twice."""

from django.db import transaction
from django.utils.html import escape

from digest.fragments import quote_text, title_text
from digest.models import Item
from digest.sources.topics import QUOTE
from forum.rendering import gist


def empty_fragments(post_id: int) -> None:
    """Items that quote the post say nothing any more."""
    Item.objects.filter(quoted_id=post_id).update(fragment_html="", fragment_text="")


@transaction.atomic
def follow_words(post_id: int, before: str, now: str) -> None:
    """Items that quote the post quote what it says now. One that quotes neither what it said just before nor what it says now
    says nothing any more: nobody knows whether its words still stand."""
    was, then = gist(before, QUOTE), gist(now, QUOTE)
    for item in Item.objects.select_for_update().filter(quoted_id=post_id).exclude(fragment_html=""):
        if not then:
            item.fragment_html = item.fragment_text = ""
        elif f"“{escape(then)}”" not in item.fragment_html:
            _rewrite(item, f"“{escape(was)}”", f"“{escape(then)}”", quote_text(was), quote_text(then))
        item.save(update_fields=["fragment_html", "fragment_text"])


@transaction.atomic
def follow_title(topic_id: int, before: str, now: str) -> None:
    """Items about the topic call it by its title of now."""
    for item in Item.objects.select_for_update().filter(kind="topic", object_id=topic_id):
        item.title = now[:250]
        if item.fragment_html and f">{escape(now)}<" not in item.fragment_html:
            _rewrite(item, f">{escape(before)}<", f">{escape(now)}<", title_text(before), title_text(now))
        item.save(update_fields=["title", "fragment_html", "fragment_text"])


def _rewrite(item: Item, html: str, html_now: str, text: str, text_now: str) -> None:
    found = html in item.fragment_html and text in item.fragment_text
    item.fragment_html = item.fragment_html.replace(html, html_now, 1) if found else ""
    item.fragment_text = item.fragment_text.replace(text, text_now, 1) if found else ""
