"""What somebody wrote and chose in the forum under their own name, for them to take along (settings.PERSONAL_DATA)."""

from typing import Any

from django.conf import settings

from forum.models import Bookmark, CategoryMember, Draft, PollVote, Post, Reaction, Revision, Topic, TopicMember


def own_forum(user_id: int) -> dict[str, Any]:
    """Nothing of a pseudonym: that would be a file which holds one together with its member."""
    mine = {"user": user_id}
    posts = Post.objects.filter(author=user_id, state__in=Post.KEPT).select_related("topic", "topic__category").order_by("pk")
    followed = TopicMember.objects.filter(**mine, topic__persona=None).exclude(level="normal")
    return {
        "topics": list(Topic.objects.filter(author=user_id).order_by("pk").values("pk", "title", "created_at")),
        "posts": [
            {
                "topic": post.topic.title,
                "category": post.topic.category.name,
                "address": f"{settings.SITE_URL}{post.get_absolute_url()}#p{post.number}",
                "written_at": post.created_at,
                "changed_at": post.edited_at,
                "text": post.body,
                "stood_beside_it": post.standing,
            }
            for post in posts.iterator(500)
        ],
        "before_changes": list(
            Revision.objects.filter(author=user_id).order_by("pk").values("post", "number", "body", "note", "at")
        ),
        "drafts": list(Draft.objects.filter(**mine).values("key", "title", "body", "poll", "about", "saved_at")),
        "bookmarks": list(Bookmark.objects.filter(**mine).values("post__topic__title", "post__number", "note", "created_at")),
        "reactions": list(Reaction.objects.filter(**mine).values("post", "kind")),
        "votes": list(PollVote.objects.filter(**mine).values("poll__question", "choices")),
        "followed_topics": list(followed.values("topic__title", "level")),
        "followed_categories": list(CategoryMember.objects.filter(**mine).values("category__name", "level")),
    }
