"""What editions kept of a post whose words are gone (settings.POST_ERASED)."""

from digest.models import Item


def empty_fragments(post_id: int) -> None:
    """Items that quote the post say nothing any more: on the web, and in mail that has not been sent. Safe to call twice."""
    Item.objects.filter(quoted_id=post_id).update(fragment_html="", fragment_text="")
