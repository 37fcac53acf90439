"""What the counters must say, counted from the rows."""

from forum.models import Post, Topic

PLACED = {"published", "hidden", "withdrawn", "moved"}


def assert_counters_are_exact() -> None:
    """Of every topic and every post in the database."""
    for topic in Topic.objects.select_related("activity"):
        posts = list(topic.posts.order_by("number"))
        published = [post for post in posts if post.state == "published" and not post.is_aside]
        activity = topic.activity
        assert activity.reply_count == sum(post.number > 1 for post in published), topic
        assert activity.participant_count == len({(post.author_id, post.persona_id) for post in published}), topic
        if published:
            newest = max(published, key=lambda post: (post.created_at, post.number))
            told = (activity.last_post_number, activity.last_posted_at, activity.last_author_id, activity.last_persona_id)
            assert told == (published[-1].number, newest.created_at, newest.author_id, newest.persona_id), topic
        assert topic.last_number == len(posts)
        _assert_below(posts)


def _is_placed(post: Post) -> bool:
    """On everybody's page."""
    return post.state in PLACED and post.kept_from is None


def _assert_below(posts: list[Post]) -> None:
    for post in posts:
        replies = [other for other in posts if other.parent_number == post.number and _is_placed(other)]
        assert post.reply_count == len(replies), post
        below = [other for other in posts if other.root_number == post.number != other.number and _is_placed(other)]
        assert post.descendant_count == (len(below) if post.parent_number is None else 0), post
