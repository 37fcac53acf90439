"""Where the words of a post stand in others' posts."""

from accounts.standing import Anyone
from forum.models import Post

MOST = 50


def quotes_of(post: Post, user: Anyone) -> list[Post]:
    """Posts that quote this one, as far as this person may read them, oldest first, at most MOST. One statement, which reads
    much: for moderators, now and then."""
    address = f"/forum/topics/{post.topic_id}/posts/{post.number}/"
    posts = Post.objects.visible_to(user).filter(html__contains=address, html__icontains="<blockquote").exclude(pk=post.pk)
    return list(posts.select_related("topic", "author", "persona").defer("search", "body", "topic__search").order_by("pk")[:MOST])
