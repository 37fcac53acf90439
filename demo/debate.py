"""The demo's topics, posted through the same actions that members use, in the order in which they were written."""

from collections import Counter
from datetime import datetime

from accounts.models import User
from demo import reading
from forum.actions.posts import reply_to_topic
from forum.actions.topics import start_topic
from forum.models import Category, Post, Reaction, Topic


def load_categories() -> dict[str, Category]:
    return {
        row["slug"]: Category.objects.create(position=place, **row) for place, row in enumerate(reading.categories(), start=1)
    }


def load_debate(people: dict[str, User], categories: dict[str, Category], *, loaded_at: datetime) -> dict[str, Topic]:
    """All topics by file key. Posts go in by date across topics, as they would have come, so that ids and dates agree."""
    tables = reading.topics()
    posts = [
        (reading.moment(post["day"], loaded_at=loaded_at), key, post["number"], post)
        for key, table in tables.items()
        for post in table["post"]
    ]
    posts.sort(key=lambda row: row[:3])
    topics: dict[str, Topic] = {}
    reactions: list[Reaction] = []
    for at, key, number, post in posts:
        author = people[post["author"]]
        if number == 1:
            category, title = categories[tables[key]["category"]], tables[key]["title"]
            tags = tables[key].get("tags", ())
            topics[key] = start_topic(category, by=author, title=title, body=post["body"], at=at, tags=tags)
            made = Post.objects.get(topic=topics[key], number=1)
        else:
            made = reply_to_topic(topics[key], by=author, body=post["body"], at=at, parent_number=post.get("reply_to"))
        reactions += [Reaction(post=made, user=people[who], kind=kind, created_at=at) for who, kind in post.get("likes", ())]
    _load_reactions(reactions)
    return topics


def _load_reactions(reactions: list[Reaction]) -> None:
    """Two thousand at once; the counters are counted from the rows."""
    Reaction.objects.bulk_create(reactions)
    counts = Counter((reaction.post.pk, reaction.kind) for reaction in reactions)
    posts = Post.objects.in_bulk({number for number, _ in counts})
    for (number, kind), count in counts.items():
        setattr(posts[number], f"{kind}_count", count)
    Post.objects.bulk_update(posts.values(), [f"{kind}_count" for kind in Reaction.Kind.values])
