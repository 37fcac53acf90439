"""Drawing posts anew when the renderer has changed."""

from typing import Final

from django.db import transaction

from common.markdown import RENDER_VERSION, render
from forum.models import Post
from forum.models.post import PostQuerySet

BATCH: Final = 200


def to_rebake() -> PostQuerySet:
    """Those whose HTML an older renderer made of Markdown. What came as HTML stays as it came."""
    return Post.objects.filter(source_format=Post.Format.MARKDOWN, render_version__lt=RENDER_VERSION).exclude(
        state=Post.State.GAP
    )


@transaction.atomic
def rebake_posts() -> int:
    """One batch; returns how many, 0 when none is left or others are at them. No words change, so neither does the revision or
    the time of the last change. Safe twice, in parallel, and beside somebody who edits."""
    posts = list(to_rebake().select_for_update(skip_locked=True).only("pk", "body", "html").order_by("pk")[:BATCH])
    for post in posts:
        post.html = render(post.body)
        post.render_version = RENDER_VERSION
    Post.objects.bulk_update(posts, ["html", "render_version"])
    return len(posts)


def count_to_rebake() -> int:
    """How many are left: told while it runs."""
    return to_rebake().count()
