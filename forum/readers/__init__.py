"""What pages, mails and the weekly need to know of the forum, each in a number of statements that does not grow."""

from forum.readers.categories import categories_with_latest, category_for, readable_category_ids
from forum.readers.latest import best_of, front_topics, latest_topics
from forum.readers.level import Branch, conversations, more_replies, sealed_conversations
from forum.readers.listed import TopicRow
from forum.readers.posts import (
    PostSnippet,
    first_on,
    first_placed,
    post_snippets,
    posts_in_time,
    posts_to_tell_of,
    seals_in_time,
)
from forum.readers.topic import TopicPage, topic_page
from forum.readers.topic_list import ORDERS, topic_rows

__all__ = [
    "ORDERS",
    "Branch",
    "PostSnippet",
    "TopicPage",
    "TopicRow",
    "best_of",
    "categories_with_latest",
    "category_for",
    "conversations",
    "first_on",
    "first_placed",
    "front_topics",
    "latest_topics",
    "more_replies",
    "post_snippets",
    "posts_in_time",
    "posts_to_tell_of",
    "readable_category_ids",
    "sealed_conversations",
    "seals_in_time",
    "topic_page",
    "topic_rows",
]
